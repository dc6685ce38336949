// SPDX-License-Identifier: BSD-2-Clause
/* Events with packets into a file, which libpcap reads; what it does not tell is read by hand. */
#include "lib/packet_file.h"

#include <errno.h>
#include <fcntl.h>
#include <pcap/dlt.h>
#include <unistd.h>

/* its struct bpf_insn is not the kernel's */
#define PCAP_DONT_INCLUDE_PCAP_BPF_H
#include <pcap/pcap.h>

#include "base/fs.h"
#include "base/strbuf.h"
#include "bpf/abi/packet.h"
#include "lib/packet_filter.h"
#include "lib/packet_show.h"
#include "lib/print.h"
#include "tests/unit/lib/frame.h"
#include "tests/unit/lib/printed.h"
#include "tests/unit/lib/record.h"

#define ROOM 64

#define IP4 "4500 0024 0001 0000 40 11 0000 0a000003 0a000004 0035 0fa0 0010 0000"
#define IP6                                                                                        \
	"6000 0000 0008 3a 40 fe80000000000000 0000000000000001 fe80000000000000 "                 \
	"0000000000000002 8000 0000 0001 0002"
#define NO_ADDRS "000000000000 000000000000 "
#define ETH "020000000002 020000000001 "

static const struct packet_show show = { .frame_room = ROOM };
static const struct packet_filters of_ret = { .ret = { .given = true } };

/* ---- a file under test ---- */

struct scene {
	struct planned p;
	struct printer *printer;
	struct packet_file *f;
	int fd;
	char path[64];
};

static void scene__init(struct scene *s, const struct wanted *w)
{
	static const struct printer_opts opts = { .color = true };

	planned__init(&s->p, w);
	assert_int_equal(printer__new(&s->p.plan, &opts, &s->printer), 0);
	strcpy(s->path, "/tmp/bpfsnoop-unit.XXXXXX.pcap");
	s->fd = mkstemps(s->path, sizeof(".pcap") - 1);
	assert_true(s->fd >= 0);
	assert_int_equal(packet_file__new(s->fd, ROOM, "bpfsnoop 1.2", s->printer, &s->f), 0);
}

static void scene__fini(struct scene *s)
{
	packet_file__free(s->f);
	printer__free(s->printer);
	close(s->fd);
	unlink(s->path);
	planned__fini(&s->p);
}

static __u64 put_event(struct scene *s, const struct made *m)
{
	struct event ev;
	void *exact = made__exact(m, m->sz);
	__u64 faults;

	assert_int_equal(event__decode(&s->p.plan, exact, m->sz, &ev), 0);
	faults = packet_file__event(s->f, &ev);
	free(exact);
	return faults;
}

/* One packet, as a program writes it. @rec: its count is that of @hex, when it has none. */
struct sent {
	struct rec_dev dev;
	struct rec_packet rec;
	const char *hex;
};

static void put_sent(struct made *m, bool is_exit, __u32 off, const struct sent *sent)
{
	struct rec_packet rec = sent->rec;
	size_t cnt;
	__free __u8 *data = frame__new(sent->hex, &cnt);

	rec.cnt = (__u32)cnt;
	rec.len = rec.len ?: rec.cnt;
	made__packet(m, is_exit, off + (__u32)sizeof(sent->dev), rec, data);
	if (sent->rec.cnt) {
		rec.cnt = sent->rec.cnt;
		memcpy(made__base(m, is_exit) + off + sizeof(sent->dev), &rec, sizeof(rec));
	}
	memcpy(made__base(m, is_exit) + off, &sent->dev, sizeof(sent->dev));
}

/* ---- what is in the file ---- */

enum { IDB = 1, EPB = 6 };
enum { COMMENT = 1, IF_NAME = 2 };

static __u32 u32_at(const char *p)
{
	__u32 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* The value of option @code among @sz bytes of options, in brackets; `-` when it is not there. */
static void put_option(struct strbuf *b, const char *opts, size_t sz, __u16 code)
{
	size_t at = 0;

	while (at + 4 <= sz) {
		__u32 head = u32_at(opts + at), len = head >> 16;

		assert_true(at + 4 + len <= sz);
		if ((head & 0xffff) == code) {
			strbuf__printf(b, "[%.*s]", (int)len, opts + at + 4);
			return;
		}
		at += 4 + ALIGN_UP(len, 4);
	}
	strbuf__putc(b, '-');
}

/* `if [NAME]` for each interface, `N [COMMENT]` for each packet of interface N; lines. */
static void put_blocks(struct strbuf *b, const char *bytes, size_t sz)
{
	for (size_t at = 0; at < sz;) {
		const char *body = bytes + at + 8;
		__u32 type = u32_at(bytes + at), len = u32_at(bytes + at + 4), skip;

		assert_true(len >= 12 && len <= sz - at);
		if (type == IDB) {
			strbuf__puts(b, "if ");
			put_option(b, body + 8, len - 20, IF_NAME);
			strbuf__putc(b, '\n');
		} else if (type == EPB) {
			skip = 20 + ALIGN_UP(u32_at(body + 12), 4);
			strbuf__printf(b, "%u ", u32_at(body));
			put_option(b, body + skip, len - 12 - skip, COMMENT);
			strbuf__putc(b, '\n');
		}
		at += len;
	}
}

static void check_blocks(const struct scene *s, const char *want)
{
	__strbuf struct strbuf b = STRBUF_INIT;
	__free char *bytes = NULL;
	size_t sz;

	assert_int_equal(fs__read(s->path, &bytes, &sz), 0);
	put_blocks(&b, bytes, sz);
	assert_string_equal(strbuf__str(&b), want);
}

static pcap_t *reading_of(const struct scene *s)
{
	char err[PCAP_ERRBUF_SIZE] = "";
	pcap_t *pc =
		pcap_open_offline_with_tstamp_precision(s->path, PCAP_TSTAMP_PRECISION_NANO, err);

	if (!pc)
		fail_msg("%s", err);
	assert_int_equal(pcap_datalink(pc), DLT_EN10MB);
	assert_int_equal(pcap_snapshot(pc), ROOM + 18);
	return pc;
}

/* @hex NULL: there is no more. */
static void check_next(pcap_t *pc, const char *hex, __u32 len, __u64 time_ns)
{
	struct pcap_pkthdr *h;
	const u_char *got;
	int rc = pcap_next_ex(pc, &h, &got);
	size_t cnt;

	assert_int_equal(rc, hex ? 1 : PCAP_ERROR_BREAK);
	if (hex) {
		__free __u8 *data = frame__new(hex, &cnt);

		assert_int_equal(h->caplen, cnt);
		assert_memory_equal(got, data, cnt);
		assert_int_equal(h->len, len);
		assert_int_equal((__u64)h->ts.tv_sec * 1000000000 + (__u64)h->ts.tv_usec, time_ns);
	}
}

/* ---- one packet ---- */

#define ETH0                                                                                       \
	{                                                                                          \
		2, 4026531840, "eth0"                                                              \
	}
#define CALL "→ packet_share cpu=1 process=(412:curl)"
#define ON_ETH0 "if [eth0]\n0 [" CALL "]\n"
#define ON_NONE "if -\n0 [" CALL "]\n"
#define NOTHING "if -\n"

static const struct {
	struct sent sent;
	const char *want; /* NULL: no packet */
	__u32 len;        /* of the packet, when it is not that of @want */
	const char *blocks;
	bool fault;
} rows[] = {
	{ { ETH0, { .found = PACKET_LINK }, ETH "0800" IP4 }, ETH "0800" IP4, 0, ON_ETH0, false },
	/* a header for those that have none */
	{ { ETH0, { .found = PACKET_NET }, IP4 }, NO_ADDRS "0800" IP4, 0, ON_ETH0, false },
	{ { ETH0, { .found = PACKET_NET }, IP6 }, NO_ADDRS "86dd" IP6, 0, ON_ETH0, false },
	{ { ETH0, { .found = PACKET_NET }, "60" }, NO_ADDRS "86dd 60", 0, ON_ETH0, false },
	{ { ETH0, { .found = PACKET_NET }, "6f" }, NO_ADDRS "86dd 6f", 0, ON_ETH0, false },
	{ { ETH0, { .found = PACKET_NET }, "70" }, NO_ADDRS "0800 70", 0, ON_ETH0, false },
	{ { ETH0, { .found = PACKET_NET }, "06" }, NO_ADDRS "0800 06", 0, ON_ETH0, false },
	{ { ETH0, { .found = PACKET_LINK }, "60" }, "60", 0, ON_ETH0, false },
	/* with the tag that is beside the packet */
	{ { ETH0, { .found = PACKET_NET, .vlan = VLAN_KNOWN | 0x6123 }, IP4 },
	  NO_ADDRS "8100 0123 0800" IP4,
	  0,
	  ON_ETH0,
	  false },
	/* more of it than there is room for */
	{ { ETH0, { .found = PACKET_LINK, .len = 1500 }, IP4 IP4 "00000000 00000001" },
	  IP4 IP4 "00000000 00000001",
	  1500,
	  ON_ETH0,
	  false },
	{ { ETH0, { .found = PACKET_NET, .len = 1500 }, IP4 IP4 "00000000 00000001" },
	  NO_ADDRS "0800" IP4 IP4 "00000000 00000001",
	  1514,
	  ON_ETH0,
	  false },
	{ { ETH0, { .found = PACKET_NET, .len = 1500, .cnt = ~0u }, IP4 IP4 "00000000 00000001" },
	  NO_ADDRS "0800" IP4 IP4 "00000000 00000001",
	  1514,
	  ON_ETH0,
	  false },
	/* bytes that could not be read */
	{ { ETH0, { .found = PACKET_LINK, .len = 1500 }, ETH "0800" IP4 },
	  ETH "0800" IP4,
	  1500,
	  "if [eth0]\n0 [" CALL " …[paged]]\n",
	  true },
	{ { ETH0, { .found = PACKET_NET, .len = 29 }, IP4 },
	  NO_ADDRS "0800" IP4,
	  43,
	  "if [eth0]\n0 [" CALL " …[paged]]\n",
	  true },
	{ { ETH0, { .found = PACKET_NET, .len = 40 }, "" },
	  NO_ADDRS "0800",
	  54,
	  "if [eth0]\n0 [" CALL " …[paged]]\n",
	  true },
	/* no packet */
	{ { ETH0, { .found = PACKET_NONE }, "" }, NULL, 0, NOTHING, false },
	{ { ETH0, { .found = PACKET_NONE, .len = 100 }, "" }, NULL, 0, NOTHING, false },
	{ { ETH0, { .found = PACKET_FAULT }, "" }, NULL, 0, NOTHING, true },
	{ { ETH0, { .found = PACKET_FAULT, .len = 100 }, IP4 }, NULL, 0, NOTHING, true },
	{ { ETH0, { .found = 77 }, IP4 }, NULL, 0, NOTHING, false },
	/* devices: names that are none, and what has one */
	{ { { 1, 0, "lo" }, { .found = PACKET_LINK }, "00" },
	  "00",
	  0,
	  "if [lo]\n0 [" CALL "]\n",
	  false },
	{ { { 0x7fffffff, 1, "a-name_of.15@15" }, { .found = PACKET_LINK }, "00" },
	  "00",
	  0,
	  "if [a-name_of.15@15]\n0 [" CALL "]\n",
	  false },
	{ { { 0, 0, "" }, { .found = PACKET_LINK }, "00" }, "00", 0, ON_NONE, false },
	{ { { 2, 1, "" }, { .found = PACKET_LINK }, "00" }, "00", 0, ON_NONE, false },
	{ { { 0, 1, "eth0" }, { .found = PACKET_LINK }, "00" }, "00", 0, ON_NONE, false },
	{ { { 0x80000000, 1, "eth0" }, { .found = PACKET_LINK }, "00" }, "00", 0, ON_NONE, false },
	{ { { ~0u, 1, "eth0" }, { .found = PACKET_LINK }, "00" }, "00", 0, ON_NONE, false },
	{ { { 2, 1, "a/b" }, { .found = PACKET_LINK }, "00" }, "00", 0, ON_NONE, false },
	{ { { 2, 1, "eth0:1" }, { .found = PACKET_LINK }, "00" }, "00", 0, ON_NONE, false },
	{ { { 2, 1, "a b" }, { .found = PACKET_LINK }, "00" }, "00", 0, ON_NONE, false },
	{ { { 2, 1, "a\n" }, { .found = PACKET_LINK }, "00" }, "00", 0, ON_NONE, false },
	{ { { 2, 1, "eth\x7f" }, { .found = PACKET_LINK }, "00" }, "00", 0, ON_NONE, false },
	{ { { 2, 1, "\x80\x88\xff\xff" }, { .found = PACKET_LINK }, "00" },
	  "00",
	  0,
	  ON_NONE,
	  false },
	{ { { 2, 1, "sixteen_bytes_xx" }, { .found = PACKET_LINK }, "00" },
	  "00",
	  0,
	  ON_NONE,
	  false },
};

static void check_row(size_t i)
{
	struct wanted w = { .spec = "packet_share", .entry = true, .show = &show };
	struct scene s;
	struct made m;
	pcap_t *pc;

	scene__init(&s, &w);
	made__init(&m, &s.p.plan, 0);
	put_sent(&m, false, m.pt->entry.packet.frame_off, &rows[i].sent);
	assert_int_equal(put_event(&s, &m), rows[i].fault);
	assert_int_equal(packet_file__end(s.f), 0);
	assert_int_equal(packet_file__written(s.f), rows[i].want != NULL);
	assert_int_equal(packet_file__lost(s.f), 0);
	check_blocks(&s, rows[i].blocks);
	pc = reading_of(&s);
	if (rows[i].want) {
		size_t cnt;

		free(frame__new(rows[i].want, &cnt));
		check_next(pc, rows[i].want, rows[i].len ?: (__u32)cnt, PRINTED_WALL_NS);
	}
	check_next(pc, NULL, 0, 0);
	pcap_close(pc);
	scene__fini(&s);
}

static void packets_of_an_entry(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		print_message("row %zu\n", i);
		check_row(i);
	}
}

/* ---- calls ---- */

#define AT_ENTRY (PRINTED_WALL_NS - 1519)
#define RETVAL "retval=(struct sk_buff *)0xffff8881034a0000 cpu="
#define WHO_LEFT "2 process=(412:curl) ctx=softirq"

static const struct {
	struct wanted w;
	const char *blocks;
	bool has_arg, has_ret;
} calls[] = {
	{ { .exit = true, .show = &show, .attach = ATTACH_KPROBE },
	  "if [eth0]\n0 [← packet_share " RETVAL WHO_LEFT "]\n",
	  true,
	  false },
	{ { .exit = true, .show = &show, .with_btf_ids = true },
	  "if [eth0]\n0 [← packet_share " RETVAL WHO_LEFT "]\n",
	  true,
	  false },
	{ { .exit = true, .show = &show, .packets = &of_ret },
	  "if [eth0]\n0 [← packet_share " RETVAL WHO_LEFT "]\n"
	  "if [lo]\n1 [← packet_share " RETVAL WHO_LEFT "]\n",
	  true,
	  true },
	{ { .entry = true, .exit = true, .show = &show },
	  "if [eth0]\n0 [→ packet_share " RETVAL "1 process=(412:curl)]\n",
	  true,
	  false },
	{ { .entry = true, .exit = true, .show = &show, .packets = &of_ret },
	  "if [eth0]\n0 [→ packet_share " RETVAL "1 process=(412:curl)]\n"
	  "if [lo]\n1 [← packet_share " RETVAL WHO_LEFT "]\n",
	  true,
	  true },
	{ { .spec = "packet_alloc", .exit = true, .show = &show },
	  "if [lo]\n0 [← packet_alloc " RETVAL WHO_LEFT "]\n",
	  false,
	  true },
};

/* Left on another CPU than it was entered on. */
static void fill_call(struct made *m, bool has_arg, bool has_ret)
{
	static const struct sent arg = { ETH0, { .found = PACKET_LINK }, "01" };
	static const struct sent ret = { { 1, 4026531840, "lo" }, { .found = PACKET_LINK }, "02" };
	const bool both = m->pt->target->entry;
	const struct plan_block *b = made__block(m, !both);

	made__slot(m, true, -1, 0xffff8881034a0000);
	made__hdr(m, true)->cpu = 2;
	made__hdr(m, true)->flags = REC_F_SOFTIRQ;
	if (b->saved_off)
		made__header(m, b->saved_off,
			     (struct rec_hdr){ .cpu = 3, .ts_ns = PRINTED_UP_NS - 1519 });
	if (has_arg)
		put_sent(m, !both, b->packet.frame_off, &arg);
	if (has_ret)
		put_sent(m, true, m->pt->exit.ret_packet.frame_off, &ret);
}

static void packets_of_calls(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		struct wanted w = calls[i].w;
		struct scene s;
		struct made m;
		pcap_t *pc;

		print_message("row %zu\n", i);
		w.spec = w.spec ?: "packet_share";
		scene__init(&s, &w);
		made__init(&m, &s.p.plan, 0);
		fill_call(&m, calls[i].has_arg, calls[i].has_ret);
		assert_int_equal(put_event(&s, &m), 0);
		assert_int_equal(packet_file__end(s.f), 0);
		check_blocks(&s, calls[i].blocks);
		pc = reading_of(&s);
		if (calls[i].has_arg)
			check_next(pc, "01", 1, AT_ENTRY);
		if (calls[i].has_ret)
			check_next(pc, "02", 1, PRINTED_WALL_NS);
		check_next(pc, NULL, 0, 0);
		pcap_close(pc);
		scene__fini(&s);
	}
}

/* ---- files ---- */

/* Each device once, told apart by its namespace; those that are none are one. */
static void devices_of_many_packets(void **state)
{
	static const struct rec_dev devs[] = {
		ETH0, { 2, 4026532001, "eth0" }, { 3, 4026531840, "eth0" }, { 0, 0, "" },
		ETH0, { 7, 1, "\x01" },
	};
	struct wanted w = { .spec = "tcp_connect,packet_share", .entry = true, .show = &show };
	struct scene s;
	struct made m;

	(void)state;
	scene__init(&s, &w);
	for (size_t i = 0; i < ARRAY_SIZE(devs); i++) {
		struct sent sent = { devs[i], { .found = PACKET_LINK }, "00" };

		/* one without a packet in between */
		made__init(&m, &s.p.plan, 0);
		assert_int_equal(put_event(&s, &m), 0);
		made__init(&m, &s.p.plan, 1);
		put_sent(&m, false, m.pt->entry.packet.frame_off, &sent);
		assert_int_equal(put_event(&s, &m), 0);
	}
	assert_int_equal(packet_file__end(s.f), 0);
	assert_int_equal(packet_file__written(s.f), ARRAY_SIZE(devs));
	check_blocks(&s, "if [eth0]\n0 [" CALL "]\nif [eth0]\n1 [" CALL "]\nif [eth0]\n2 [" CALL
			 "]\nif -\n3 [" CALL "]\n0 [" CALL "]\n3 [" CALL "]\n");
	pcap_close(reading_of(&s));
	scene__fini(&s);
}

/* Readers want an interface in each file. */
static void files_without_packets(void **state)
{
	struct wanted w = { .spec = "packet_share", .entry = true, .show = &show };
	struct scene s;
	pcap_t *pc;

	(void)state;
	scene__init(&s, &w);
	assert_int_equal(packet_file__flush(s.f), 0);
	check_blocks(&s, "");
	assert_int_equal(packet_file__end(s.f), 0);
	check_blocks(&s, "if -\n");
	pc = reading_of(&s);
	check_next(pc, NULL, 0, 0);
	pcap_close(pc);
	assert_int_equal(packet_file__written(s.f), 0);
	scene__fini(&s);
}

/* What is flushed is there before the end, which adds nothing. */
static void flushes(void **state)
{
	static const struct sent sent = { ETH0, { .found = PACKET_LINK }, "00" };
	struct wanted w = { .spec = "packet_share", .entry = true, .show = &show };
	struct scene s;
	struct made m;

	(void)state;
	scene__init(&s, &w);
	made__init(&m, &s.p.plan, 0);
	put_sent(&m, false, m.pt->entry.packet.frame_off, &sent);
	assert_int_equal(put_event(&s, &m), 0);
	assert_int_equal(lseek(s.fd, 0, SEEK_END), 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(i < 2 ? packet_file__flush(s.f) : packet_file__end(s.f), 0);
		check_blocks(&s, ON_ETH0);
	}
	scene__fini(&s);
}

static void files_that_are_full(void **state)
{
	static const struct sent sent = { ETH0, { .found = PACKET_LINK }, "00" };
	struct wanted w = { .spec = "packet_share", .entry = true, .show = &show };
	struct packet_file *f = NULL;
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct event ev;
	struct scene s;
	struct made m;

	(void)state;
	assert_true(fd >= 0);
	scene__init(&s, &w);
	assert_int_equal(packet_file__new(fd, ROOM, NULL, s.printer, &f), 0);
	made__init(&m, &s.p.plan, 0);
	put_sent(&m, false, m.pt->entry.packet.frame_off, &sent);
	assert_int_equal(event__decode(&s.p.plan, m.bytes, m.sz, &ev), 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(packet_file__event(f, &ev), 0);
		assert_int_equal(packet_file__flush(f), -ENOSPC);
		assert_int_equal(packet_file__lost(f), i + 1);
	}
	assert_int_equal(packet_file__end(f), -ENOSPC);
	assert_int_equal(packet_file__written(f), 0);
	packet_file__free(f);
	packet_file__free(NULL);
	close(fd);
	scene__fini(&s);
}

static int set_up(void **state)
{
	(void)state;
	printed__set_zone();
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_of_an_entry),
		cmocka_unit_test(packets_of_calls),
		cmocka_unit_test(devices_of_many_packets),
		cmocka_unit_test(files_without_packets),
		cmocka_unit_test(flushes),
		cmocka_unit_test(files_that_are_full),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
