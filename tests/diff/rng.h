/* SPDX-License-Identifier: BSD-2-Clause */
/* Random numbers that are the same everywhere: splitmix64. */
#pragma once

#include <linux/types.h>
#include <stdbool.h>
#include <stddef.h>

struct rng {
	__u64 state;
};

static inline __u64 rng__next(struct rng *r)
{
	__u64 z = r->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

/** rng__below() - One of 0..@n-1. */
static inline unsigned int rng__below(struct rng *r, unsigned int n)
{
	return (unsigned int)(rng__next(r) >> 11) % n;
}

/** rng__chance() - True @percent times of a hundred. */
static inline bool rng__chance(struct rng *r, unsigned int percent)
{
	return rng__below(r, 100) < percent;
}

/** rng__number() - Numbers where arithmetic goes wrong: small ones, powers of two, their likes. */
static inline __u64 rng__number(struct rng *r)
{
	__u64 v = 1ULL << rng__below(r, 64);

	switch (rng__below(r, 8)) {
	case 0:
	case 1:
		return rng__below(r, 3);
	case 2:
		return 0ULL - rng__below(r, 10);
	case 3:
		return v - 1;
	case 4:
		return v;
	case 5:
		return rng__below(r, 300);
	case 6:
		return 0ULL - v;
	default:
		return rng__next(r) >> rng__below(r, 64);
	}
}
