// SPDX-License-Identifier: BSD-2-Clause
#include "lib/sym_iter.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "asm/insns.h"
#include "base/cleanup.h"
#include "base/macros.h"
#include "btf/member.h"
#include "btf/types.h"
#include "lib/kernel_btf.h"

#define NAME_MAX_SZ 512  /* with the NUL; Linux b8a94bfb3395, v6.1: KSYM_NAME_LEN */
#define MODULE_MAX_SZ 64 /* MODULE_NAME_LEN is 56 */
#define READ_SZ (64 << 10)

/* What the program writes of a symbol: this, its name and its module's name, both with their NUL.
 */
struct sym_rec {
	__u64 addr;
	__u8 code[KSYM_CODE_SZ];
	__u16 sz; /* of all */
	__u8 type;
	__u8 pad[5];
};

struct layout {
	__u32 meta, ksym;                /* of struct bpf_iter__ksym */
	__u32 seq;                       /* of struct bpf_iter_meta */
	__u32 value, type, name, module; /* of struct kallsym_iter */
};

static int find_layout(const struct types *t, struct layout *ret)
{
	const struct {
		const char *name, *member;
		__u32 *off;
	} members[] = {
		{ "bpf_iter__ksym", "meta", &ret->meta },
		{ "bpf_iter__ksym", "ksym", &ret->ksym },
		{ "bpf_iter_meta", "seq", &ret->seq },
		{ "kallsym_iter", "value", &ret->value },
		{ "kallsym_iter", "type", &ret->type },
		{ "kallsym_iter", "name", &ret->name },
		{ "kallsym_iter", "module_name", &ret->module },
	};

	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		int id = types__find(t, members[i].name, BTF_KIND_STRUCT);

		if (id < 0 || member__offset(t, (__u32)id, members[i].member, members[i].off))
			return -EOPNOTSUPP;
	}
	return 0;
}

/* ---- the program ---- */

enum { R_META = BPF_REG_6, R_KSYM, R_REC, R_LEN };

/* r0 = helper(record + @off + r9 when @behind, sz, iterator + @from) */
static void emit_read(struct insns *c, int helper, long off, bool behind, __s32 sz, __u32 from)
{
	insns__mov(c, BPF_REG_1, R_REC);
	insns__alu_imm(c, BPF_ADD, 64, BPF_REG_1, (__s32)off);
	if (behind)
		insns__alu(c, BPF_ADD, 64, BPF_REG_1, R_LEN);
	insns__imm64(c, BPF_REG_2, (__u64)sz);
	insns__mov(c, BPF_REG_3, R_KSYM);
	insns__alu_imm(c, BPF_ADD, 64, BPF_REG_3, (__s32)from);
	insns__call(c, helper);
}

/* Texts behind the record; a length that is an error ends the program. */
static void emit_texts(struct insns *c, const struct layout *l, label_t out)
{
	const long texts = sizeof(struct sym_rec);

	emit_read(c, BPF_FUNC_probe_read_kernel_str, texts, false, NAME_MAX_SZ, l->name);
	insns__jcc_imm(c, BPF_JGT, 64, BPF_REG_0, NAME_MAX_SZ, out);
	insns__mov(c, R_LEN, BPF_REG_0);
	emit_read(c, BPF_FUNC_probe_read_kernel_str, texts, true, MODULE_MAX_SZ, l->module);
	insns__jcc_imm(c, BPF_JGT, 64, BPF_REG_0, MODULE_MAX_SZ, out);
	insns__alu(c, BPF_ADD, 64, R_LEN, BPF_REG_0);
	insns__alu_imm(c, BPF_ADD, 64, R_LEN, (__s32)texts);
	insns__stx(c, 2, R_REC, offsetof(struct sym_rec, sz), R_LEN);
}

static void emit_addr_and_code(struct insns *c, const struct layout *l)
{
	insns__ldx(c, 8, BPF_REG_3, R_KSYM, l->value);
	insns__stx(c, 8, R_REC, offsetof(struct sym_rec, addr), BPF_REG_3);
	insns__mov(c, BPF_REG_1, R_REC);
	insns__alu_imm(c, BPF_ADD, 64, BPF_REG_1, offsetof(struct sym_rec, code));
	insns__imm64(c, BPF_REG_2, KSYM_CODE_SZ);
	/* what cannot be read is zeros */
	insns__call(c, BPF_FUNC_probe_read_kernel);
}

/* A lower-case type in r1: go on when it is text. */
static void emit_text_only(struct insns *c, const struct layout *l, label_t out)
{
	label_t text = insns__label(c);

	insns__ldx(c, 1, BPF_REG_1, R_KSYM, l->type);
	insns__stx(c, 1, R_REC, offsetof(struct sym_rec, type), BPF_REG_1);
	insns__alu_imm(c, BPF_OR, 64, BPF_REG_1, 0x20);
	insns__jcc_imm(c, BPF_JEQ, 64, BPF_REG_1, 't', text);
	insns__jcc_imm(c, BPF_JNE, 64, BPF_REG_1, 'w', out);
	insns__bind(c, text);
}

static int emit(const struct layout *l, int map_fd, struct insns *c)
{
	label_t out = insns__label(c);

	insns__ldx(c, 8, R_META, BPF_REG_1, l->meta);
	insns__ldx(c, 8, R_KSYM, BPF_REG_1, l->ksym);
	insns__jcc_imm(c, BPF_JEQ, 64, R_KSYM, 0, out); /* all are done */
	insns__put(c, (struct bpf_insn){ .code = BPF_LD | BPF_DW | BPF_IMM,
					 .dst_reg = R_REC,
					 .src_reg = BPF_PSEUDO_MAP_VALUE,
					 .imm = map_fd });
	insns__put(c, (struct bpf_insn){ 0 });
	emit_text_only(c, l, out);
	emit_addr_and_code(c, l);
	emit_texts(c, l, out);
	insns__ldx(c, 8, BPF_REG_1, R_META, l->seq);
	insns__mov(c, BPF_REG_2, R_REC);
	insns__mov(c, BPF_REG_3, R_LEN);
	insns__call(c, BPF_FUNC_seq_write);
	insns__bind(c, out);
	insns__imm64(c, BPF_REG_0, 0);
	insns__exit(c);
	return insns__finish(c);
}

static int load(const struct types *t, int map_fd)
{
	LIBBPF_OPTS(bpf_prog_load_opts, opts, .expected_attach_type = BPF_TRACE_ITER);
	int id = types__find(t, "bpf_iter_ksym", BTF_KIND_FUNC), err, fd;
	__insns struct insns c = INSNS_INIT;
	struct layout l;

	if (id < 0 || find_layout(t, &l))
		return -EOPNOTSUPP;
	opts.attach_btf_id = (__u32)id;
	err = emit(&l, map_fd, &c);
	if (err)
		return err;
	fd = bpf_prog_load(BPF_PROG_TYPE_TRACING, "bpfsnoop_syms", "Dual BSD/GPL", c.items, c.cnt,
			   &opts);
	return fd < 0 ? -errno : fd;
}

/* ---- what it writes ---- */

struct reader {
	char *buf;
	size_t cnt; /* bytes in it */
	int (*fn)(void *ctx, const struct ksym *sym);
	void *ctx;
};

/* One record, if the buffer has all of it. Return: its size, 0: there is more to read first. */
static size_t next(const struct reader *r, size_t at, struct ksym *ret)
{
	struct sym_rec rec;
	const char *texts;

	if (r->cnt - at < sizeof(rec))
		return 0;
	memcpy(&rec, r->buf + at, sizeof(rec));
	if (r->cnt - at < rec.sz)
		return 0;
	texts = r->buf + at + sizeof(rec);
	ret->addr = rec.addr;
	ret->type = (char)rec.type;
	ret->code = (const __u8 *)r->buf + at + offsetof(struct sym_rec, code);
	ret->name = texts;
	ret->name_len = strlen(texts);
	ret->module = texts + ret->name_len + 1;
	return rec.sz;
}

/* Hand on what is complete; the rest moves to the front. */
static int hand_on(struct reader *r)
{
	size_t at = 0, sz;
	struct ksym sym;

	while ((sz = next(r, at, &sym))) {
		int err = r->fn(r->ctx, &sym);

		if (err)
			return err;
		at += sz;
	}
	r->cnt -= at;
	memmove(r->buf, r->buf + at, r->cnt);
	return 0;
}

static int read_all(int fd, struct reader *r)
{
	for (;;) {
		ssize_t n = read(fd, r->buf + r->cnt, READ_SZ - r->cnt);
		int err;

		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0)
			return n ? -errno : 0;
		r->cnt += (size_t)n;
		err = hand_on(r);
		if (err)
			return err;
	}
}

int sym_iter__each_text(const struct kernel_btf *k, int (*fn)(void *ctx, const struct ksym *sym),
			void *ctx)
{
	__close int map = -1, prog = -1, link = -1, fd = -1;
	__free char *buf = malloc(READ_SZ);
	struct reader r = { buf, 0, fn, ctx };

	if (!kernel_btf__is_live(k))
		return -EOPNOTSUPP;
	map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "bpfsnoop_syms", 4,
			     sizeof(struct sym_rec) + NAME_MAX_SZ + MODULE_MAX_SZ, 1, NULL);
	if (!buf || map < 0)
		return buf ? -errno : -ENOMEM;
	prog = load(kernel_btf__vmlinux(k), map);
	if (prog < 0)
		return prog;
	link = bpf_link_create(prog, 0, BPF_TRACE_ITER, NULL);
	if (link < 0)
		return -errno;
	fd = bpf_iter_create(link);
	return fd < 0 ? -errno : read_all(fd, &r);
}
