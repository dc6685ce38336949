// SPDX-License-Identifier: BSD-2-Clause
#include "asm/arch.h"

#include <errno.h>
#include <stddef.h>

#include "base/macros.h"

/* struct pt_regs of Linux arch/x86/include/asm/ptrace.h: 64-bit kernels, all versions. */
struct regs_x86_64 {
	unsigned long r15, r14, r13, r12, bp, bx;
	unsigned long r11, r10, r9, r8, ax, cx, dx, si, di;
	unsigned long orig_ax, ip, cs, flags, sp, ss;
};

#define REG_OFF(name) (int)offsetof(struct regs_x86_64, name)

static const int arg_regs[] = {
	REG_OFF(di), REG_OFF(si), REG_OFF(dx), REG_OFF(cx), REG_OFF(r8), REG_OFF(r9),
};

static_assert(ARRAY_SIZE(arg_regs) == ARCH_ARG_REGS, "argument registers");

static const int ret_regs[] = { REG_OFF(ax), REG_OFF(dx) };

int arch__arg_reg_off(int reg)
{
	return reg >= 0 && reg < ARCH_ARG_REGS ? arg_regs[reg] : -EINVAL;
}

int arch__ret_reg_off(int reg)
{
	return reg >= 0 && reg < (int)ARRAY_SIZE(ret_regs) ? ret_regs[reg] : -EINVAL;
}

int arch__ret_off(void)
{
	return ret_regs[0];
}

int arch__sp_off(void)
{
	return REG_OFF(sp);
}
