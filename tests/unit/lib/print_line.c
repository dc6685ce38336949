// SPDX-License-Identifier: BSD-2-Clause
/* Texts kept from event to event: a printer that has seen others says what a new one says. */
#include "lib/print_line.h"

#include <stdio.h>
#include <time.h>

#include "lib/print.h"
#include "tests/unit/lib/record.h"

/* In front of the C library's: two printers must agree on the time of day. */
int clock_gettime(clockid_t clock, struct timespec *ts)
{
	*ts = (struct timespec){ .tv_sec = clock == CLOCK_REALTIME ? 1700000000 : 5 };
	return 0;
}

/* A line "A<x>B<y>C<who>D" whose values are the first and second word of a block. */
static void make_abcd(struct line *l)
{
	struct line_part x = { .key = PART_WORD, .word_off = 0 };
	struct line_part y = { .key = PART_WORD_PAIR, .word_off = 8, .pair_off = 16 };

	*l = (struct line){ .text = STRBUF_INIT };
	strbuf__puts(&l->text, "A");
	assert_int_equal(line__add(l, &x), 0);
	strbuf__puts(&l->text, "B");
	assert_int_equal(line__add(l, &y), 0);
	strbuf__puts(&l->text, "C");
	l->who.at = l->text.len;
	strbuf__puts(&l->text, "D");
	assert_int_equal(l->text.err, 0);
}

static void parts_are_replaced_in_place(void **state)
{
	static const char *const texts[] = { "", "1", "22", "0123456789abcdef", "x", "", "yy" };
	char block[32] = "";
	struct line l;

	(void)state;
	make_abcd(&l);
	for (size_t i = 0; i < 7 * 7 * 7; i++) {
		const char *x = texts[i % 7], *y = texts[i / 7 % 7], *w = texts[i / 49];
		char want[80];

		assert_int_equal(line__replace(&l, &l.parts.items[0], block, x, strlen(x)), 0);
		assert_int_equal(line__replace_who(&l, i, w, strlen(w)), 0);
		assert_int_equal(line__replace(&l, &l.parts.items[1], block, y, strlen(y)), 0);
		snprintf(want, sizeof(want), "A%sB%sC%sD", x, y, w);
		assert_string_equal(strbuf__str(&l.text), want);
		assert_int_equal(l.text.len, strlen(want));
		assert_int_equal(l.who.serial, i);
	}
	line__fini(&l);
}

static void every_byte_of_the_key_counts(void **state)
{
	char block[32] = "";
	struct line l;

	(void)state;
	make_abcd(&l);
	for (unsigned int i = 0; i < 2; i++)
		assert_int_equal(line__replace(&l, &l.parts.items[i], block, "", 0), 0);
	for (size_t at = 0; at < sizeof(block); at++) {
		block[at] = 1;
		assert_int_equal(line_part__holds(&l.parts.items[0], block), at >= 8);
		assert_int_equal(line_part__holds(&l.parts.items[1], block), at < 8);
		block[at] = 0;
	}
	l.parts.items[0].key = PART_OTHER;
	assert_false(line_part__holds(&l.parts.items[0], block));
	line__fini(&l);
}

/* Only digits are overwritten, so only a pointer of as many digits may follow. */
static void pointers_are_overwritten(void **state)
{
	static const struct {
		__u64 from, to;
		bool pointer, done;
	} rows[] = {
		{ 0xffff888003a4c100, 0xffffc9000036bef0, true, true },
		{ 0xffff888003a4c100, 0x1000000000000000, true, true },
		{ 0xffff888003a4c100, 0xffffc9000036bef0, false, false },
		{ 0xffff888003a4c100, 0x0fffffffffffffff, true, false },
		{ 0x0fffffffffffffff, 0xffff888003a4c100, true, false },
		{ 0xffff888003a4c100, 0, true, false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char block[32] = "", text[40], want[80];
		struct line l;

		make_abcd(&l);
		l.parts.items[0].pointer = rows[i].pointer;
		memcpy(block, &rows[i].from, 8);
		snprintf(text, sizeof(text), "0x%llx", rows[i].from);
		assert_int_equal(line__replace(&l, l.parts.items, block, text, strlen(text)), 0);
		memcpy(block, &rows[i].to, 8);
		assert_int_equal(line__replace_pointer(&l, l.parts.items, block), rows[i].done);
		snprintf(want, sizeof(want), "A0x%llxBCD",
			 rows[i].done ? rows[i].to : rows[i].from);
		assert_string_equal(strbuf__str(&l.text), want);
		assert_int_equal(line_part__holds(l.parts.items, block), rows[i].done);
		line__fini(&l);
	}
}

/* ---- a printer that has seen others ---- */

static const char *symbol(void *ctx, __u64 addr)
{
	(void)ctx;
	return addr == 0xffff888003a4c100 ? "sock_state_change" : NULL;
}

static struct printer *new_printer(const struct plan *plan)
{
	struct printer_opts opts = { .symbol = symbol };
	struct printer *p = NULL;

	assert_int_equal(printer__new(plan, &opts, &p), 0);
	return p;
}

static __u64 rnd(void)
{
	static __u64 x = 88172645463325252;

	x = x * 6364136223846793005 + 1442695040888963407;
	return x >> 20;
}

/* Values as they come, statuses and lengths (in the upper half) among them. */
static __u64 some_word(void)
{
	static const __u64 words[] = {
		0,
		1,
		3,
		8,
		100,
		4096,
		(__u64)-1,
		(__u64)-111,
		0xffff888003a4c100,
		0xffffc9000036bef0,
		0x7ffd2a3f5d4f,
		4ull << 32,
		8ull << 32,
		66ull << 32,
		24ull << 32 | REC_NULL,
		16ull << 32 | REC_FAULT,
		0x6f6c6c6568,
		0x7878787878787878,
		0x8000000000000000,
	};

	return rnd() % 8 ? words[rnd() % ARRAY_SIZE(words)] : rnd() << 40 ^ rnd();
}

static void change(struct made *m, bool is_exit)
{
	const struct plan_block *pb = made__block(m, is_exit);
	struct rec_hdr *h = made__hdr(m, is_exit);
	__u64 v = some_word();

	switch (rnd() % 8) {
	case 0:
		h->cpu = (__u32)(rnd() % 200);
		break;
	case 1:
		h->ts_ns += rnd() % 3000000000;
		break;
	case 2:
		h->tid = rnd() % 2 ? h->tgid : (__u32)v;
		break;
	case 3:
		h->flags = (__u16)(rnd() & 15);
		h->dur_ns = v;
		break;
	case 4:
		h->comm[rnd() % sizeof(h->comm)] = (char)(rnd() % 16 ? 'a' + rnd() % 26 : rnd());
		break;
	default:
		memcpy(made__base(m, is_exit) + sizeof(*h) +
			       rnd() % ((pb->size - sizeof(*h)) / 8) * 8,
		       &v, sizeof(v));
	}
}

static void print(struct printer *p, const struct planned *pl, const struct made *m,
		  struct strbuf *b, __u64 *faults)
{
	struct event ev;

	assert_int_equal(event__decode(&pl->plan, m->bytes, m->sz, &ev), 0);
	printer__event(p, &ev, b, faults);
	if (ev.target->target->entry)
		printer__unfinished(p, &ev, 1, b);
}

static void check_stream(const struct wanted *w)
{
	struct printer *old, *fresh;
	struct planned pl;
	struct made m;

	planned__init(&pl, w);
	made__init(&m, &pl.plan, 0);
	old = new_printer(&pl.plan);
	for (int i = 0; i < 1000; i++) {
		__strbuf struct strbuf got = STRBUF_INIT, want = STRBUF_INIT;
		__u64 got_faults = 0, want_faults = 0;

		for (__u64 n = rnd() % 8; n; n--)
			change(&m, w->exit && (!w->entry || rnd() % 2));
		fresh = new_printer(&pl.plan);
		print(fresh, &pl, &m, &want, &want_faults);
		print(old, &pl, &m, &got, &got_faults);
		assert_string_equal(strbuf__str(&got), strbuf__str(&want));
		assert_int_equal(got_faults, want_faults);
		printer__free(fresh);
	}
	printer__free(old);
	planned__fini(&pl);
}

static void what_was_printed_before_does_not_matter(void **state)
{
	static const struct wanted rows[] = {
		{ .spec = "tcp_connect", .exit = true, .outs = { "sk", "sk->sk_err", "$retval" } },
		{ .spec = "tcp_connect",
		  .entry = true,
		  .exit = true,
		  .outs = { "ip4(&sk->__sk_common.skc_daddr)", "sk->sk_state_change" } },
		{ .spec = "call_ten", .entry = true, .outs = { "a", "j", "i" } },
		{ .spec = "call_twelve", .entry = true, .exit = true },
		{ .spec = "call_bool", .exit = true, .outs = { "ip", "*ip", "ulp" } },
		{ .spec = "call_string", .exit = true, .outs = { "str(buf)", "hex(bytes, 8)" } },
		{ .spec = "call_string",
		  .exit = true,
		  .outs = { "pkt(bytes, 16, udp)", "pkt(bytes, 8, ip)", "str(buf)" } },
		{ .spec = "call_struct16", .exit = true, .outs = { "p" } },
		{ .spec = "call_ret_ptr", .exit = true },
		{ .spec = "call_enum", .exit = true, .outs = { "mood", "$retval" } },
		{ .spec = "find_task", .exit = true, .outs = { "comm" } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		check_stream(&rows[i]);
}

/* What is behind a pointer shows only when all of it was read. */
static void short_values_behind_pointers(void **state)
{
	static const struct {
		__u32 status, len;
		const char *want;
	} rows[] = {
		{ REC_OK, 4, "ip=0xffff888003a4c100(5)," },
		{ REC_OK, 3, "ip=0xffff888003a4c100," },
		{ REC_OK, 0, "ip=0xffff888003a4c100," },
		{ REC_FAULT, 4, "ip=0xffff888003a4c100," },
	};
	struct wanted w = { .spec = "call_bool", .entry = true };
	struct printer *printer;
	struct planned pl;
	struct made m;

	(void)state;
	planned__init(&pl, &w);
	printer = new_printer(&pl.plan);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		__strbuf struct strbuf b = STRBUF_INIT;
		__u64 faults = 0;

		made__init(&m, &pl.plan, 0);
		made__slot(&m, false, 0, 0xffff888003a4c100);
		made__deref(&m, false, 0, rows[i].status, "\5\0\0\0", 4);
		made__val(m.bytes + m.pt->entry.args[0].deref_off, rows[i].status, rows[i].len,
			  NULL, 0);
		print(printer, &pl, &m, &b, &faults);
		if (!strstr(strbuf__str(&b), rows[i].want))
			fail_msg("no '%s' in: %s", rows[i].want, strbuf__str(&b));
	}
	printer__free(printer);
	planned__fini(&pl);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parts_are_replaced_in_place),
		cmocka_unit_test(every_byte_of_the_key_counts),
		cmocka_unit_test(pointers_are_overwritten),
		cmocka_unit_test(what_was_printed_before_does_not_matter),
		cmocka_unit_test(short_values_behind_pointers),
	};

	setenv("TZ", "UTC", 1);
	return RUN_TESTS(tests);
}
