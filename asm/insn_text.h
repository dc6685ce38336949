/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <linux/bpf.h>
#include <stddef.h>

struct strbuf;

/**
 * insn_text__put() - One instruction as text in the kernel's verifier style: `r0 = *(u32 *)(r1
 * +8)`, `if r1 s> 0x5 goto pc+3`, `w2 += 1`, `call bpf_probe_read_kernel#113`, `r1 = 0x123456789
 * ll`, `exit`.
 * @insn: For the 16-byte ld_imm64 both halves must be readable.
 *
 * An instruction it does not know prints as `.raw 0x...`.
 *
 * Return: number of instruction slots taken: 1 or 2.
 */
int insn_text__put(struct strbuf *b, const struct bpf_insn *insn);

/** insn_text__dump() - `PC: TEXT` lines for a whole program. */
void insn_text__dump(struct strbuf *b, const struct bpf_insn *insns, size_t cnt);
