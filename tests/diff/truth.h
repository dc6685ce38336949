/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What gcc's program is made of. Pointers are addresses of the simulated kernel: gcc adds the base
 * of gs to each access, which truth.c has set to where the image is minus where it seems to be.
 *
 * Macros take operands from left to right, note the address that is read, and do what our language
 * says where C says nothing: shift counts are masked, division by 0 is a fault, INT_MIN / -1 is
 * INT_MIN. -fwrapv does the rest. Reads are volatile: gcc would leave out those whose value it does
 * not need.
 */
#pragma once

#define DIFF_TRUTH
#include "tests/diff/fixture.h"

#include "tests/diff/image.h"

#define ARG(type, name) extern type name;
DIFF_ARGS(ARG)
#undef ARG
extern struct kinds KPTR *retval;

typedef void (*truth_fn)(struct truth *t);

/* The address that is being read. */
extern u64 truth_addr;
void truth_fault(int status) __attribute__((noreturn));
int truth_compare(const char KPTR *s, int bound, const char *text, int whole);

/* The result. A pointer is no more signed than unsigned long. */
#define OUT(t, e)                                                                                  \
	do {                                                                                       \
		__auto_type v_ = (e);                                                              \
		(t)->value = (u64)v_;                                                              \
		(t)->size = sizeof(v_);                                                            \
		(t)->is_signed = (__typeof__(v_))-1 < (__typeof__(v_))1;                           \
	} while (0)

#define ROOT(e)                                                                                    \
	({                                                                                         \
		__auto_type p_ = (e);                                                              \
		if (!p_)                                                                           \
			truth_fault(TRUTH_NULL);                                                   \
		p_;                                                                                \
	})
#define LOAD(e)                                                                                    \
	({                                                                                         \
		__auto_type p_ = (e);                                                              \
		truth_addr = (u64)p_;                                                              \
		*(volatile __typeof__(*p_) *)p_;                                                   \
	})
#define LOAD_BOOL(e) ((bool)LOAD((u8 KPTR *)(e)))
#define BITS(cast, e, member, byte)                                                                \
	({                                                                                         \
		__auto_type p_ = (e);                                                              \
		truth_addr = (u64)p_ + (byte);                                                     \
		cast((volatile __typeof__(*p_) *)p_)->member;                                      \
	})
#define BOTH(a, op, b)                                                                             \
	({                                                                                         \
		__auto_type a_ = (a);                                                              \
		__auto_type b_ = (b);                                                              \
		a_ op b_;                                                                          \
	})
#define AT(p, i) BOTH(p, +, i)
#define BACK(p, i) BOTH(p, -, i)
#define MASKED(a, op, b)                                                                           \
	({                                                                                         \
		__auto_type a_ = (a);                                                              \
		__auto_type b_ = (b);                                                              \
		a_ op(b_ & (sizeof(+a_) * 8 - 1));                                                 \
	})
#define SHL(a, b) MASKED(a, <<, b)
#define SHR(a, b) MASKED(a, >>, b)
#define CHOICE(a, op, b)                                                                           \
	({                                                                                         \
		__auto_type a_ = (a);                                                              \
		__auto_type b_ = (b);                                                              \
		a_ op b_ ? a_ : b_;                                                                \
	})
#define MIN(a, b) CHOICE(a, <, b)
#define MAX(a, b) CHOICE(a, >, b)
#define QUOTIENT(a, op, b, minus1)                                                                 \
	({                                                                                         \
		__auto_type a_ = (a);                                                              \
		__auto_type b_ = (b);                                                              \
		__typeof__(a_ op b_) x_ = a_, y_ = b_;                                             \
		if (!y_)                                                                           \
			truth_fault(TRUTH_DIV0);                                                   \
		(__typeof__(x_))-1 < 0 && y_ == (__typeof__(x_))-1 ? minus1 : x_ op y_;            \
	})
#define DIV(a, b) QUOTIENT(a, /, b, -x_)
#define MOD(a, b) QUOTIENT(a, %, b, 0 * x_)
/* ++x and --x of numbers: x's own type, and a bit-field's own width. */
#define STEP(e, op)                                                                                \
	({                                                                                         \
		__auto_type a_ = (e);                                                              \
		(__typeof__(a_))(a_ op 1);                                                         \
	})
#define CONTAINER(e, type, member)                                                                 \
	((type KPTR *)((char KPTR *)(e)-__builtin_offsetof(type, member)))
#define STR_EQ(p, bound, text) truth_compare(p, bound, text, 1)
#define STARTSWITH(p, bound, text) truth_compare(p, bound, text, 0)
