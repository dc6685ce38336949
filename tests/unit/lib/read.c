// SPDX-License-Identifier: BSD-2-Clause
/* Programs are loaded into the interpreter of this file's stand-ins for bpf(2): no kernel. */
#include "lib/read.h"

#include <bpf/bpf.h>
#include <bpf/libbpf_version.h>
#include <errno.h>
#include <string.h>

#include "asm/expr.h"
#include "base/cleanup.h"
#include "base/diag.h"
#include "base/strbuf.h"
#include "bpf/abi/record.h"
#include "lib/kernel_btf.h"
#include "lib/print.h"
#include "tests/sim/sim.h"
#include "tests/unit/test.h"

#define MAP_FD 77
#define TASK 0xffff888000300000ULL
#define RECORD 0xffffc90000001000ULL
#define ENTRY_CNT 3 /* r2 = 0; r3 = the map's value, two slots */

DEFINE_CLEANUP(struct expr *, cleanup_expr, expr__free)

/* What the stand-in of the kernel does and has seen. */
static struct {
	int map_err, load_errs[READ_CNT + 1], run_err; /* 0: goes well */
	unsigned int loads;
	struct bpf_insn insns[512];
	size_t insn_cnt;
	__u32 value_sz;
	char record[8192];
} kernel;

int bpf_map_create(enum bpf_map_type type, const char *name, __u32 key_sz, __u32 value_sz,
		   __u32 max, const struct bpf_map_create_opts *opts)
{
	(void)name, (void)opts;
	assert_int_equal(type, BPF_MAP_TYPE_ARRAY);
	assert_int_equal(key_sz, 4);
	assert_int_equal(max, 1);
	assert_true(value_sz <= sizeof(kernel.record));
	kernel.value_sz = value_sz;
	errno = -kernel.map_err;
	return kernel.map_err ? -1 : dup(STDERR_FILENO);
}

int bpf_prog_load(enum bpf_prog_type type, const char *name, const char *license,
		  const struct bpf_insn *insns, size_t cnt,
#if LIBBPF_MAJOR_VERSION == 1 && LIBBPF_MINOR_VERSION < 2
		  const struct bpf_prog_load_opts *opts)
#else
		  struct bpf_prog_load_opts *opts)
#endif
{
	int err = kernel.load_errs[kernel.loads++];

	(void)license, (void)opts;
	assert_int_equal(type, BPF_PROG_TYPE_RAW_TRACEPOINT);
	assert_true(strlen(name) < BPF_OBJ_NAME_LEN);
	assert_true(cnt <= ARRAY_SIZE(kernel.insns));
	memcpy(kernel.insns, insns, cnt * sizeof(*insns));
	kernel.insn_cnt = cnt;
	errno = -err;
	return err ? -1 : dup(STDERR_FILENO);
}

/* The number of a task stands for what a variable's address would. */
static char task_comm[16] = "swapper/0";

int bpf_prog_test_run_opts(int fd, struct bpf_test_run_opts *opts)
{
	struct sim s;

	(void)fd, (void)opts;
	errno = -kernel.run_err;
	if (kernel.run_err)
		return -1;
	assert_int_equal(kernel.insns[1].code, BPF_LD | BPF_IMM | BPF_DW);
	assert_int_equal(kernel.insns[1].dst_reg, BPF_REG_3);
	assert_int_equal(kernel.insns[1].src_reg, BPF_PSEUDO_MAP_VALUE);
	sim__init(&s);
	sim__add_mem(&s, SIM_KERN, TASK, task_comm, sizeof(task_comm));
	s.record = sim__add_mem(&s, SIM_MAP, RECORD, kernel.record, kernel.value_sz);
	if (sim__run(&s, kernel.insns + ENTRY_CNT, kernel.insn_cnt - ENTRY_CNT))
		fail_msg("%s", s.err);
	return 0;
}

int bpf_map_lookup_elem(int fd, const void *key, void *value)
{
	(void)fd;
	assert_int_equal(*(const __u32 *)key, 0);
	memcpy(value, kernel.record, kernel.value_sz);
	return 0;
}

static struct read_opts opts;
static const struct printer_opts po;

static int load_btf(void **state)
{
	(void)state;
	return kernel_btf__load(FIXTURE_BTF, &opts.kernel);
}

static int free_btf(void **state)
{
	(void)state;
	kernel_btf__free(opts.kernel);
	return 0;
}

static int read_value(const char *text, struct strbuf *b, struct diag *why)
{
	struct expr *e __cleanup(cleanup_expr) = NULL;
	struct diag diag = { 0 };

	if (read__parse(&opts, text, &e, &diag))
		fail_msg("%s: %s", text, diag.msg);
	return read__run(&opts, e, &po, b, why);
}

static void assert_reads(const char *text, const char *want)
{
	__strbuf struct strbuf b = STRBUF_INIT;
	struct diag why = { 0 };

	print_message("%s\n", text);
	memset(&kernel, 0, sizeof(kernel));
	if (read_value(text, &b, &why))
		fail_msg("%s: %s", text, why.msg);
	assert_string_equal(strbuf__str(&b), want);
}

static void values(void **state)
{
	(void)state;
	assert_reads("1 + 2", "Expr: 1 + 2\nOut: (int)'1 + 2'=3\n");
	assert_reads("1\t+\n2", "Expr: 1 + 2\nOut: (int)'1 + 2'=3\n");
	assert_reads("*(char *)0xffff888000300000",
		     "Expr: *(char *)0xffff888000300000\n"
		     "Out: (char)'*(char *)0xffff888000300000'=115\n");
	assert_reads("str((char *)0xffff888000300000)",
		     "Expr: str((char *)0xffff888000300000)\n"
		     "Out: (char *)'str((char *)0xffff888000300000)'=\"swapper/0\"\n");
	assert_reads("pkt((char *)0xffff888000300000, 9, udp)",
		     "Expr: pkt((char *)0xffff888000300000, 9, udp)\n"
		     "Out: (char *)'pkt((char *)0xffff888000300000, 9, udp)'=\n"
		     "  UDP SrcPort=29559 DstPort=24944 Length=28773 Checksum=0x722f\n"
		     "  00000000  30                                                |0|\n");
}

static void faults_are_values(void **state)
{
	(void)state;
	assert_reads("*(int *)0", "Expr: *(int *)0\nOut: (int)'*(int *)0'=[NULL]\n");
	assert_reads("*(int *)0xffff888000400000",
		     "Expr: *(int *)0xffff888000400000\n"
		     "Out: (int)'*(int *)0xffff888000400000'=[FAULT 0xffff888000400000]\n");
	assert_reads("pkt((char *)0, 9)", "Expr: pkt((char *)0, 9)\n"
					  "Out: (char *)'pkt((char *)0, 9)'=[NULL]\n");
}

static void wrong_expressions(void **state)
{
	struct expr *e = NULL;
	struct diag diag = { 0 };

	(void)state;
	assert_int_equal(read__parse(&opts, "1 +", &e, &diag), -EINVAL);
	assert_true(diag__is_set(&diag));
	memset(&diag, 0, sizeof(diag));
	assert_int_equal(read__parse(&opts, "(struct nope *)0", &e, &diag), -EINVAL);
	assert_true(diag__is_set(&diag));
	assert_null(e);
}

/* Without the kernel's own BTF there is no cast: two ways are left. */
static const struct {
	struct read_want want;
	int map_err, load_errs[READ_CNT], run_err;
	int err;
	unsigned int loads;
	const char *why;
} rows[] = {
	{ .loads = 1 },
	{ .load_errs = { -EACCES }, .loads = 2 },
	{ .load_errs = { -EACCES, -EACCES }, .loads = 2, .err = -EACCES,
	  .why = "cannot read: the kernel refuses our program: Permission denied" },
	{ .load_errs = { -ENOMEM }, .loads = 1, .err = -ENOMEM,
	  .why = "cannot read: the kernel refuses our program: Cannot allocate memory" },
	{ .want = { true, READ_PROBE }, .loads = 1 },
	{ .want = { true, READ_DIRECT }, .load_errs = { -EACCES }, .loads = 1, .err = -EACCES,
	  .why = "cannot read: the kernel refuses our program: Permission denied" },
	{ .want = { true, READ_CAST }, .err = -EOPNOTSUPP,
	  .why = "cannot read by cast: the kernel has no bpf_rdonly_cast() (Linux 6.2); leave "
		 "--read-with out" },
	{ .map_err = -EPERM, .err = -EPERM,
	  .why = "cannot read: the kernel refuses our map: Operation not permitted" },
	{ .run_err = -EPERM, .loads = 1, .err = -EPERM,
	  .why = "cannot read: the kernel does not run our program: Operation not permitted" },
};

static void ways_in_their_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		__strbuf struct strbuf b = STRBUF_INIT;
		struct diag why = { 0 };

		memset(&kernel, 0, sizeof(kernel));
		kernel.map_err = rows[i].map_err;
		kernel.run_err = rows[i].run_err;
		memcpy(kernel.load_errs, rows[i].load_errs, sizeof(rows[i].load_errs));
		opts.want = rows[i].want;
		assert_int_equal(read_value("1", &b, &why), rows[i].err);
		assert_int_equal(kernel.loads, rows[i].loads);
		assert_string_equal(why.msg, rows[i].why ? rows[i].why : "");
		assert_int_equal(b.len == 0, rows[i].err != 0);
	}
	opts.want = (struct read_want){ 0 };
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(values),
		cmocka_unit_test(faults_are_values),
		cmocka_unit_test(wrong_expressions),
		cmocka_unit_test(ways_in_their_order),
	};

	return cmocka_run_group_tests(tests, load_btf, free_btf);
}
