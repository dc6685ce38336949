// SPDX-License-Identifier: BSD-2-Clause
/*
 * Every expression here is compiled twice: by the C compiler that builds this file, and, as text,
 * by asm/. expr_c.c compares the two.
 */
#include "tests/unit/asm/expr_c_cases.h"

#include "tests/fixture/zoo.c"

#define C(...) check(ctx, #__VA_ARGS__, (unsigned long)(__VA_ARGS__))

/* Every binary operator over a pair, both ways round. */
#define PAIR(x, y)                                                                                 \
	do {                                                                                       \
		C(x + y), C(x - y), C(y - x), C(x == y), C(x != y);                                \
		C(x < y), C(x <= y), C(x > y), C(x >= y), C(x && y), C(x || y);                    \
		C(x * y), C(x & y), C(x | y), C(x ^ y), C(x << (y & 7)), C(x >> (y & 7));          \
		C(x / (y & 15 | 1)), C(x % (y & 15 | 1)), C(y ? x : y), C(x > y ? x : y);          \
	} while (0)

/* Every unary operator and cast over one. */
#define ONE(x)                                                                                     \
	do {                                                                                       \
		C(x), C(-x), C(+x), C(!x), C(!!x), C(-(-x)), C(x + 1), C(1 - x), C(x == 0);        \
		C(~x), C(x << 3), C(x >> 3), C(x * 7), C(x / 7), C(x / -7), C(x % 7), C(x % -7);   \
		C(x & 0xf0), C(x | 0x80000000), C(x ^ -1L), C(sizeof(x + x));                      \
		C(x < 0), C(0 < x), C(x >= 0u), C(-1 < x), C(x > -1L), C(x != 0xffffffff);         \
		C((char)x), C((signed char)x), C((unsigned char)x), C((short)x);                   \
		C((unsigned short)x), C((int)x), C((unsigned)x), C((long)x), C((unsigned long)x);  \
		C((_Bool)x), C((u32)(s8)x), C((s64)(u32)x), C((u64)(s16)x), C((u16)-x);            \
		C(-(u8)x), C((long)(x + x)), C((u64)(x - 2147483647));                             \
	} while (0)

static void six(s8 a, u8 b, s16 c, u16 d, s32 e, u32 f, c_check check, void *ctx)
{
	ONE(a);
	ONE(b);
	ONE(c);
	ONE(d);
	ONE(e);
	ONE(f);
	PAIR(a, b);
	PAIR(a, d);
	PAIR(b, c);
	PAIR(a, e);
	PAIR(a, f);
	PAIR(d, f);
	PAIR(e, f);
	PAIR(e, c);
	C(a + b + c + d + e + f);
	C(a - (b - (c - (d - (e - f)))));
	C((a + (b + (c + (d + (e + (f + (a + (b + (c + (d + e)))))))))));
	C(a < b == c < d);
	C((a < b) + (c < d) + (e < (s32)f));
	C(a < 0 && b > 10 || c < 0 && d > 10);
	C(!(a < 0) || !(b > 10 && c));
	C((e + 1 > e) && (f + 1 > f));
	C(-(a < b) + -(c == d));
	C(e - 2147483647 - 1);
	C(f - 1u < f);
	C((s8)(a + b) < (s8)(c + d));
	C((u8)(a + b) < (u16)(c + d));
	C((long)e + (long)f < (long)a);
	C((u64)e < (u64)f);
	C((u64)a == (u64)-1);
	C(((e == -2147483647 - 1) && a) || (f >= 0x80000000));
}

void c_cases_six(const unsigned long long *v, c_check check, void *ctx)
{
	six((s8)v[0], (u8)v[1], (s16)v[2], (u16)v[3], (s32)v[4], (u32)v[5], check, ctx);
}

static void ten(s8 a, u8 b, s16 c, u16 d, s32 e, u32 f, s64 g, u64 h, bool i, c_check check,
		void *ctx)
{
	ONE(g);
	ONE(h);
	ONE(i);
	PAIR(g, h);
	PAIR(e, g);
	PAIR(f, g);
	PAIR(e, h);
	PAIR(f, h);
	PAIR(a, h);
	PAIR(i, a);
	PAIR(i, h);
	C(g + h + e + f);
	C(g < 0 ? 1 : 0) /* not in the language yet: skipped by expr_c.c */;
	C(g - 0x123456789abcdef);
	C(0x7fffffffffffffff - g < 0);
	C(h == 0xffffffffffffffff);
	C(h > 0x7fffffffffffffff);
	C(g == -0x7fffffffffffffff - 1);
	C((s32)g + (s32)h);
	C((u32)g - (u32)h);
	C((bool)g + (bool)h + i);
	C(b + d);
	C(c - d);
	C(i + i + i);
	C(-i);
	C((s8)h);
	C((u8)i - (bool)b);
}

void c_cases_ten(const unsigned long long *v, c_check check, void *ctx)
{
	ten((s8)v[0], (u8)v[1], (s16)v[2], (u16)v[3], (s32)v[4], (u32)v[5], (s64)v[6], v[7],
	    (bool)(v[8] & 1), check, ctx);
}

void c_cases_const(c_check check, void *ctx)
{
	ONE(0);
	ONE(127);
	ONE(200u);
	ONE(2147483647);
	ONE(2147483648);
	ONE(0x80000000);
	ONE(0xffffffff);
	ONE(4294967296);
	ONE(0x8000000000000000);
	ONE(9223372036854775807);
	ONE(0xffffffffffffffffUL);
	ONE(1ull);
	ONE('a');
	ONE('\xff');
	PAIR(-1, 1u);
	PAIR(-1, 1ul);
	PAIR(0x7fffffff, 1);
	PAIR(0xffffffff, 1L);
	C(0b1011);
	C(0B11);
	C(0x7fU);
	C(017);
	C(0);
	C('\n');
	C('\0');
	C('\177');
	C('\'');
	C('\\');
	C('"');
	C('\x7f');
	C(1 + 2 - 3 + 4);
	C(1 - 2 - 3);
	C(1 == 1 == 1);
	C(3 > 2 > 1);
	C(!0 + !1);
	C(- -1);
	C((u8)300 + (s8)200);
	C((_Bool)256);
	C((short)0x18000);
	C(0xffffffffu + 1);
	C(0x7fffffffL + 1);
	C(-1 < 0u || -1 < 0);
	C((long)(unsigned)-1);
	C((unsigned long)(int)0x80000000);
}

static void fill(void *p, unsigned long size, unsigned int *seed)
{
	for (unsigned long i = 0; i < size; i++) {
		*seed = *seed * 1664525 + 1013904223;
		((unsigned char *)p)[i] = *seed >> 24;
	}
}

void c_objects_fill(struct c_objects *o, unsigned int seed)
{
	static const unsigned long sizes[] = {
		sizeof(zoo_ints), sizeof(zoo_floats), sizeof(zoo_enums), sizeof(zoo_bits),
		sizeof(zoo_packed_bits), sizeof(zoo_anon), sizeof(zoo_flex), sizeof(zoo_arrays),
		sizeof(zoo_node), sizeof(zoo_beta), sizeof(zoo_pointers), sizeof(zoo_chains),
		sizeof(zoo_holder), sizeof(zoo_deep), sizeof(zoo_huge), sizeof(zoo_brim),
	};
	static void *const bytes[] = {
		&zoo_ints, &zoo_floats, &zoo_enums, &zoo_bits, &zoo_packed_bits, &zoo_anon,
		&zoo_flex, &zoo_arrays, &zoo_node, &zoo_beta, &zoo_pointers, &zoo_chains,
		&zoo_holder, &zoo_deep, &zoo_huge, &zoo_brim,
	};

	for (int i = 0; i < 16; i++) {
		o->bytes[i] = bytes[i];
		o->sizes[i] = sizes[i];
		if (seed)
			fill(bytes[i], sizes[i], &seed);
		else
			fill(bytes[i], 0, &seed);
	}
	zoo_ints.b = seed & 1;
	zoo_bits.flag = seed >> 1 & 1;
	zoo_arrays.flags[0] = seed >> 2 & 1;
	zoo_arrays.flags[1] = seed >> 3 & 1;
	zoo_arrays.flags[2] = seed >> 4 & 1;
}

static void members(struct ints *a, struct enums *c, struct bits *d, struct packed_bits *e,
		    struct anon *f, struct flex *g, struct arrays *h, struct beta *j,
		    struct chains *l, struct holder *m, struct deep4 *n, c_check check, void *ctx)
{
	ONE(a->c);
	ONE(a->sc);
	ONE(a->uc);
	ONE(a->s);
	ONE(a->us);
	ONE(a->i);
	ONE(a->ui);
	ONE(a->l);
	ONE(a->ul);
	ONE(a->ll);
	ONE(a->ull);
	ONE(a->b);
	ONE(d->u1);
	ONE(d->u3);
	ONE(d->s5);
	ONE(d->u23);
	ONE(d->s32);
	ONE(d->s24);
	ONE(d->u64);
	ONE(d->over);
	ONE(d->flag);
	ONE(d->after);
	C(d->u40);
	C(d->u40 == d->u64);
	C((u32)d->u40);
	C((s64)d->u40 - 5);
	C(d->s63);
	C(d->s63 < 0);
	C(d->color);
	C(d->temperature);
	C(d->temperature < 0);
	C(e->lead);
	C(e->negative < 0);
	C(e->negative);
	ONE(c->color);
	ONE(c->temperature);
	ONE(c->tiny);
	ONE(c->wide);
	ONE(c->wide_neg);
	PAIR(a->c, a->uc);
	PAIR(a->i, a->ui);
	PAIR(a->l, a->ui);
	PAIR(a->i, a->ul);
	PAIR(d->s5, d->u3);
	PAIR(d->s32, d->u23);
	PAIR(d->s24, a->us);
	C(f->head), C(f->word), C(f->low), C(f->high), C(f->byte2), C(f->byte3);
	C(f->named.inner), C(f->where_bits), C(f->tail);
	C((u64)f->where);
	C(f->low + f->high);
	C(f->byte2 - f->byte3);
	C(h->points[1].y);
	C(h->points[0].x + h->points[d->u1].y);
	C(h->name[0]), C(h->name[7]), C(h->name[d->u3]);
	C(h->mac[5]), C(h->raw[3]), C(h->raw[a->b]);
	C(h->flags[1]), C(h->colors[1]);
	C(*h->mac), C(*(h->mac + 2)), C(2[h->mac]);
	C((&h->points[1])->x);
	C((*&h->points[1]).x);
	C((h->points + 1)->y);
	C(&h->points[1] - &h->points[0]);
	C(&h->points[d->u1] - h->points);
	C((char *)&h->mac - (char *)h);
	C((char *)&h->points[1].y - (char *)h);
	C((u64)&h->name[3] - (u64)&h->name);
	C(&h->mac[2] > &h->mac[1]);
	C(&h->mac[d->u3] >= &h->mac[3]);
	C((long)(h->mac - &h->mac[4]));
	C((u8 *)h + 4 - 1 == (u8 *)h + 3);
	C(*((s32 *)h + 2));
	C(*(u16 *)&h->points[1]);
	C(((struct point *)h)->y);
	C(((struct point *)&h->mac[1])[1].x);
	C(*(u64 *)((char *)h + 8));
	C(*((u8 *)h + d->u3));
	C(((u32 *)h)[d->u3]);
	C(((struct point *)h)[d->u1].x);
	C(*(h->mac + 5 - d->u1));
	C(*(&h->mac[5] - d->u3));
	C(g->cnt), C((char *)g->items - (char *)g);
	C(j->alpha.a);
	C((&j->alpha)->a);
	C(l->deep.x), C(l->name[2]), C(l->untagged.only), C(l->cv), C(l->nameless[1].a);
	C(l->cname[15]);
	C(m->overlay.word), C(m->overlay.bytes[3]), C(m->by_value.y);
	C((u64)m->overlay.ptr == m->overlay.word);
	C(n->d.d.d.d.leaf);
	C(a->i + d->u3 + h->mac[0] - f->tail + (a->l - c->color));
	C(a->i < 0 && d->u3 > 2 || h->mac[0] > 100 && !(f->tail > 0));
	C((a->i + (a->l + (a->s + (a->c + (d->u3 + (h->mac[1] + (f->tail + (j->alpha.a +
	  (m->by_value.y + (n->d.d.d.d.leaf + d->s5)))))))))));
	C((a->i - a->s) - (a->l - (d->u3 - (h->mac[1] - f->tail))) - (a->uc - a->c));
	C(h->mac[h->mac[0] == h->mac[1]] + h->raw[d->flag + (a->i < a->l)]);
	C((a->i < a->s) + (a->l < d->s24) - (d->u3 == 3));
	C((_Bool)h + !m + (n == 0) + (a != (void *)0) + (!j == 0));
	C(a && d && h->mac[0] + 1 && m);
}

void c_cases_zoo(const struct c_objects *o, c_check check, void *ctx)
{
	(void)o;
	members(&zoo_ints, &zoo_enums, &zoo_bits, &zoo_packed_bits, &zoo_anon, &zoo_flex,
		&zoo_arrays, &zoo_beta, &zoo_chains, &zoo_holder, &zoo_deep, check, ctx);
}
