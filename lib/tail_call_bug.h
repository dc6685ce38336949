/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

/**
 * tail_call_bug__find() - Whether a trampoline breaks the count of tail calls on this kernel.
 *
 * The number of tail calls that a call of a program may still make is handed from function to
 * function. A kernel with the bug does not hand it through a trampoline: with a traced subprogram
 * on the way the limit of 33 does not hold, and a program that tail calls itself never ends.
 *
 * It is tried: a program whose subprogram tail calls the program is run once with a trampoline on
 * that subprogram, and has to stop after 34 rounds. It stops by its own count in any case.
 *
 * Source: Linux 2b5dcb31a19a ("bpf, x64: Fix tailcall infinite loop"), v6.7; the bug is as old as
 *         e411901c0b77 ("bpf: allow for tailcalls in BPF subprograms for x64 JIT"), v5.10.
 * Errors: those of bpf(2), when it cannot be tried.
 * Return: 1 the bug is there; 0 it is not, or this kernel has no tail calls in subprograms; -errno.
 */
int tail_call_bug__find(void);
