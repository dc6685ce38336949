/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The calling convention, one table per architecture: where struct pt_regs keeps what a function
 * was called with.
 */
#pragma once

#define ARCH_ARG_REGS 6 /* integer argument registers */

/**
 * arch__arg_reg_off() - Where struct pt_regs keeps an argument register.
 * @reg: Index of the argument register, 0..ARCH_ARG_REGS-1.
 *
 * Units: bytes. Source: System V ABI, x86-64, 3.2.3; Linux arch/x86/include/uapi/asm/ptrace.h.
 * Return: offset, or -EINVAL for another @reg.
 */
int arch__arg_reg_off(int reg);

/**
 * arch__ret_reg_off() - Where struct pt_regs keeps a returned value.
 * @reg: 0: the first eight bytes, 1: the second eight of a 16-byte struct.
 *
 * Units: bytes. Return: offset, or -EINVAL for another @reg.
 */
int arch__ret_reg_off(int reg);

/** arch__ret_off() - arch__ret_reg_off(0). Units: bytes. Return: offset. */
int arch__ret_off(void);

/** arch__sp_off() - Where struct pt_regs keeps the stack pointer. Units: bytes. Return: offset. */
int arch__sp_off(void);
