// SPDX-License-Identifier: BSD-2-Clause
#include "lib/page_map.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <string.h>

#include "asm/insns.h"
#include "base/cleanup.h"
#include "base/log.h"
#include "lib/packet_layout.h"

#define NAME_SZ 24

/* Of the frame. */
enum { NAME_OFF = -NAME_SZ, ADDR_OFF = NAME_OFF - 8, VALUE_OFF = ADDR_OFF - 8 };

/* What the program gets and gives back: a value each, or -errno in @err. */
struct answer {
	__u64 value[2];
	__s64 err[2];
};

static const char *const names[] = { "page_offset_base", "vmemmap_base" };

static void emit_addr(struct insns *c, int reg, int off)
{
	insns__mov(c, reg, BPF_REG_10);
	insns__alu_imm(c, BPF_ADD, 64, reg, off);
}

static void emit_name(struct insns *c, const char *name)
{
	char text[NAME_SZ] = "";

	memcpy(text, name, strlen(name));
	for (int i = 0; i < NAME_SZ; i += 8) {
		__u64 word;

		memcpy(&word, text + i, sizeof(word));
		insns__imm64(c, BPF_REG_1, word);
		insns__stx(c, 8, BPF_REG_10, NAME_OFF + i, BPF_REG_1);
	}
}

/* r6 = struct answer. */
static void emit_one(struct insns *c, int i)
{
	label_t failed = insns__label(c);

	emit_name(c, names[i]);
	insns__st(c, 8, BPF_REG_10, ADDR_OFF, 0);
	insns__st(c, 8, BPF_REG_10, VALUE_OFF, 0);
	emit_addr(c, BPF_REG_1, NAME_OFF);
	insns__imm64(c, BPF_REG_2, strlen(names[i]) + 1);
	insns__imm64(c, BPF_REG_3, 0);
	emit_addr(c, BPF_REG_4, ADDR_OFF);
	insns__call(c, BPF_FUNC_kallsyms_lookup_name);
	insns__jcc_imm(c, BPF_JNE, 64, BPF_REG_0, 0, failed);
	emit_addr(c, BPF_REG_1, VALUE_OFF);
	insns__imm64(c, BPF_REG_2, 8);
	insns__ldx(c, 8, BPF_REG_3, BPF_REG_10, ADDR_OFF);
	insns__call(c, BPF_FUNC_probe_read_kernel);
	insns__bind(c, failed);
	insns__stx(c, 8, BPF_REG_6, (long)offsetof(struct answer, err) + 8 * i, BPF_REG_0);
	insns__ldx(c, 8, BPF_REG_1, BPF_REG_10, VALUE_OFF);
	insns__stx(c, 8, BPF_REG_6, 8 * i, BPF_REG_1);
}

static int load(void)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .prog_flags = BPF_F_SLEEPABLE);
	__insns struct insns c = INSNS_INIT;
	int err, fd;

	insns__mov(&c, BPF_REG_6, BPF_REG_1);
	for (int i = 0; i < 2; i++)
		emit_one(&c, i);
	insns__imm64(&c, BPF_REG_0, 0);
	insns__exit(&c);
	err = insns__finish(&c);
	if (err)
		return err;
	fd = bpf_prog_load(BPF_PROG_TYPE_SYSCALL, "bpfsnoop_pages", "Dual BSD/GPL", c.items, c.cnt,
			   &opts);
	return fd < 0 ? -errno : fd;
}

static int ask(struct answer *ret)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .ctx_in = ret, .ctx_size_in = sizeof(*ret));
	__close int fd = load();

	if (fd < 0)
		return fd;
	return bpf_prog_test_run_opts(fd, &opts) ? -errno : 0;
}

void page_map__load(struct packet_layout *l)
{
	__u64 *const where[] = { &l->pages, &l->vmemmap };
	struct answer a = { 0 };
	int err = ask(&a);

	for (int i = 0; i < 2; i++) {
		int why = err ? err : (int)a.err[i];

		if (!why)
			*where[i] = a.value[i];
		if (!why || why == -ENOENT)
			continue;
		log_info("%s is not known (%s): packets are read up to where pages begin", names[i],
			 strerror(-why));
		l->cfg[PCFG_PAGE_SHIFT_SUB] = 0;
	}
}
