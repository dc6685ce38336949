// SPDX-License-Identifier: BSD-2-Clause
#include "asm/capture.h"

#include <errno.h>
#include <stdint.h>

#include "asm/arg_load.h"
#include "asm/expr.h"
#include "asm/gen.h"
#include "asm/insns.h"
#include "base/macros.h"
#include "bpf/abi/record.h"

enum { VALUE = BPF_REG_8, RECORD = BPF_REG_9 };

#define VAL_STATUS(off) ((long)(off) + (long)offsetof(struct rec_val, status))
#define VAL_LEN(off) ((long)(off) + (long)offsetof(struct rec_val, len))
#define VAL_DATA(off) ((long)(off) + (long)sizeof(struct rec_val))

/* Both halves of struct rec_val in one store: @status, length 0. */
static void put_status(struct insns *c, __u32 off, enum rec_status status)
{
	insns__st(c, 8, RECORD, VAL_STATUS(off), status);
}

/*
 * r0 = probe read of what VALUE points to, by the helper for the half of the address space that it
 * is in: in system calls' arguments user pointers come without a mark.
 */
static void read_behind(struct insns *c, const struct capture_item *it)
{
	label_t kernel = insns__label(c), done = insns__label(c);

	insns__mov(c, BPF_REG_1, RECORD);
	insns__alu_imm(c, BPF_ADD, 64, BPF_REG_1, (__s32)VAL_DATA(it->deref_off));
	insns__imm64(c, BPF_REG_2, it->deref_sz);
	insns__mov(c, BPF_REG_3, VALUE);
	insns__jcc_imm(c, BPF_JSLT, 64, VALUE, 0, kernel);
	insns__call(c, it->deref_str ? BPF_FUNC_probe_read_user_str : BPF_FUNC_probe_read_user);
	insns__jmp(c, done);
	insns__bind(c, kernel);
	insns__call(c, it->deref_str ? BPF_FUNC_probe_read_kernel_str : BPF_FUNC_probe_read_kernel);
	insns__bind(c, done);
}

/* What stands behind the pointer in VALUE. The status is written before it is known to hold. */
static void put_deref(struct insns *c, const struct capture_item *it)
{
	label_t next = insns__label(c);

	put_status(c, it->deref_off, REC_NULL);
	insns__jcc_imm(c, BPF_JEQ, 64, VALUE, 0, next);
	read_behind(c, it);
	put_status(c, it->deref_off, REC_FAULT);
	insns__jcc_imm(c, it->deref_str ? BPF_JSLT : BPF_JNE, 64, BPF_REG_0, 0, next);
	insns__st(c, 4, RECORD, VAL_STATUS(it->deref_off), REC_OK);
	if (it->deref_str)
		insns__stx(c, 4, RECORD, VAL_LEN(it->deref_off), BPF_REG_0);
	else
		insns__st(c, 4, RECORD, VAL_LEN(it->deref_off), (__s32)it->deref_sz);
	insns__bind(c, next);
}

struct shape {
	unsigned int slots;
	bool unreadable;
};

static int shape_of(const struct arg_layout *l, int arg, struct shape *ret)
{
	if (arg == ARG_RETVAL && l->ret_size)
		*ret = (struct shape){ l->ret_size / 8 + !!(l->ret_size % 8), l->ret_unreadable };
	else if (arg >= 0 && arg < (int)l->cnt)
		*ret = (struct shape){ l->args[arg].slots, l->args[arg].unreadable };
	else
		return -EINVAL;
	return 0;
}

/* All slots; VALUE is the last one, which is the pointer where there is a deref. */
static int put_item(const struct arg_layout *layout, const struct expr_machine *m,
		    const struct capture_item *it, struct insns *c)
{
	struct shape shape;
	int err;

	err = shape_of(layout, it->arg, &shape);
	if (err)
		return err;
	if (it->slot_off > INT16_MAX || it->deref_off > INT16_MAX || it->deref_sz > INT16_MAX)
		return -E2BIG;
	if (it->deref_off && (shape.unreadable || shape.slots != 1 || !it->deref_sz))
		return -EINVAL;
	for (unsigned int s = 0; s < shape.slots; s++) {
		long off = (long)it->slot_off + 8 * (long)s;

		if (shape.unreadable) {
			insns__st(c, 8, RECORD, off, 0);
			continue;
		}
		arg_load__emit(c, layout, m,
			       &(struct arg_place){ it->arg, s, BPF_REG_6, FRAME_READ, true },
			       VALUE);
		insns__stx(c, 8, RECORD, off, VALUE);
	}
	if (it->deref_off)
		put_deref(c, it);
	return 0;
}

int capture__emit(const struct arg_layout *layout, const struct expr_machine *m,
		  const struct capture_item *items, unsigned int cnt, struct insns *code)
{
	if (!cnt)
		return code->err;
	insns__ldx(code, 8, RECORD, BPF_REG_10, FRAME_RECORD);
	for (unsigned int i = 0; i < cnt; i++) {
		int err = put_item(layout, m, &items[i], code);

		if (err)
			return err;
	}
	return code->err;
}
