// SPDX-License-Identifier: BSD-2-Clause
#include "lib/pcapng.h"

#include <errno.h>
#include <fcntl.h>
#include <pcap/pcap.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#include "base/fs.h"
#include "base/strbuf.h"
#include "tests/unit/lib/file.h"

#define ARROW "\xe2\x86\x92"
#define NS_PER_S 1000000000ull

/* ---- a file under test ---- */

struct out {
	struct pcapng *p;
	int fd;
	char path[64];
};

static void out__open(struct out *o, int fd, __u32 snaplen)
{
	assert_true(fd >= 0);
	o->fd = fd;
	o->path[0] = '\0';
	assert_int_equal(pcapng__new(fd, snaplen, "bpfsnoop 1.2", &o->p), 0);
}

/* A file name that tcpdump's AppArmor profile admits. */
static void out__open_file(struct out *o, __u32 snaplen)
{
	char path[] = "/tmp/bpfsnoop-unit.XXXXXX.pcap";

	out__open(o, mkstemps(path, sizeof(".pcap") - 1), snaplen);
	strcpy(o->path, path);
}

static void out__close(struct out *o)
{
	pcapng__free(o->p);
	close(o->fd);
	if (o->path[0])
		unlink(o->path);
}

static int put(struct out *o, const struct pcapng_iface *iface, const void *data, __u32 sz)
{
	const struct pcapng_packet pkt = {
		.iface = pcapng__interface(o->p, iface),
		.data = data,
		.data_sz = sz,
		.len_sz = sz,
	};

	return pcapng__packet(o->p, &pkt);
}

static void check_counts(const struct out *o, __u64 written, __u64 lost)
{
	assert_int_equal(pcapng__written(o->p), written);
	assert_int_equal(pcapng__lost(o->p), lost);
}

static const struct pcapng_iface eth0 = { 2, 4026531840, "eth0" };
static const struct pcapng_iface inner = { 2, 4026532001, "eth0" };
static const struct pcapng_iface veth = { 3, 4026531840, "veth1a2b3c4" };
static const struct pcapng_iface tap0 = { 7, 4026532001, "tap0" };

/* ---- what is in a file, by hand ---- */

enum { SHB = 0x0a0d0d0a, IDB = 1, EPB = 6 };
enum { LINKTYPE_ETHERNET = 1 };
enum { COMMENT = 1, IF_NAME = 2, SHB_OS = 3, IF_DESCR = 3, USERAPPL = 4, RESOL = 9 };

struct block {
	__u32 type;
	const unsigned char *body;
	size_t sz; /* of the body, without type and lengths */
};

struct reading {
	unsigned char *bytes;
	size_t sz, at;
};

static void reading__open(struct reading *r, const struct out *o)
{
	*r = (struct reading){ 0 };
	assert_int_equal(fs__read(o->path, (char **)&r->bytes, &r->sz), 0);
}

static __u32 u32_at(const unsigned char *p)
{
	__u32 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

static __u16 u16_at(const unsigned char *p)
{
	__u16 v;

	memcpy(&v, p, sizeof(v));
	return v;
}

/* The next block, whose lengths fit each other and the file. */
static struct block next_block(struct reading *r)
{
	const unsigned char *p = r->bytes + r->at;
	__u32 sz;

	assert_true(r->sz - r->at >= 12);
	sz = u32_at(p + 4);
	assert_int_equal(sz % 4, 0);
	assert_true(sz >= 12 && sz <= r->sz - r->at);
	assert_int_equal(u32_at(p + sz - 4), sz);
	r->at += sz;
	return (struct block){ u32_at(p), p + 8, sz - 12 };
}

static struct block expect_block(struct reading *r, __u32 type)
{
	struct block b = next_block(r);

	assert_int_equal(b.type, type);
	return b;
}

static void reading__close(struct reading *r)
{
	assert_int_equal(r->at, r->sz);
	free(r->bytes);
}

static void check_zero(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_int_equal(p[i], 0);
}

/* The options from @at end where the block does. Return: @code's value, or NULL when not there. */
static const unsigned char *option(const struct block *b, size_t at, __u16 code, size_t *ret_sz)
{
	const unsigned char *found = NULL;

	for (;;) {
		__u16 got = u16_at(b->body + at), sz = u16_at(b->body + at + 2);
		size_t padded = ALIGN_UP((size_t)sz, 4);

		at += 4;
		assert_true(at + padded <= b->sz);
		check_zero(b->body + at + sz, padded - sz);
		if (!got)
			break;
		if (got == code) {
			assert_null(found);
			found = b->body + at;
			*ret_sz = sz;
		}
		at += padded;
	}
	assert_int_equal(at, b->sz);
	return found;
}

/* @want NULL: there is no such option. */
static void check_option(const struct block *b, size_t at, __u16 code, const void *want, size_t sz)
{
	size_t got_sz = 0;
	const unsigned char *got = option(b, at, code, &got_sz);

	assert_int_equal(!got, !want);
	assert_int_equal(got_sz, want ? sz : 0);
	if (want)
		assert_memory_equal(got, want, sz);
}

static void check_text(const struct block *b, size_t at, __u16 code, const char *want)
{
	check_option(b, at, code, want, want ? strlen(want) : 0);
}

static void check_section(struct reading *r, const char *app)
{
	struct block b = expect_block(r, SHB);
	char os[256];
	struct utsname u;

	assert_int_equal(u32_at(b.body), 0x1a2b3c4d);
	assert_int_equal(u16_at(b.body + 4), 1);
	assert_int_equal(u16_at(b.body + 6), 0);
	assert_int_equal(u32_at(b.body + 8), UINT32_MAX);
	assert_int_equal(u32_at(b.body + 12), UINT32_MAX);
	assert_int_equal(uname(&u), 0);
	snprintf(os, sizeof(os), "Linux %s", u.release);
	check_text(&b, 16, SHB_OS, os);
	check_text(&b, 16, USERAPPL, app);
}

static void check_interface(struct reading *r, const struct pcapng_iface *want, const char *descr,
			    __u32 snaplen)
{
	struct block b = expect_block(r, IDB);

	assert_int_equal(u16_at(b.body), LINKTYPE_ETHERNET);
	assert_int_equal(u16_at(b.body + 2), 0);
	assert_int_equal(u32_at(b.body + 4), snaplen);
	check_text(&b, 8, IF_NAME, want->name);
	check_text(&b, 8, IF_DESCR, descr);
	check_option(&b, 8, RESOL, "\x09", 1);
}

/* ---- blocks ---- */

static void nothing_but_a_section(void **state)
{
	static const char *const apps[] = { "bpfsnoop 1.2.3", NULL };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(apps); i++) {
		struct reading r;
		struct out o;

		out__open_file(&o, 0);
		pcapng__free(o.p);
		assert_int_equal(pcapng__new(o.fd, 0, apps[i], &o.p), 0);
		assert_int_equal(lseek(o.fd, 0, SEEK_END), 0); /* nothing before the flush */
		assert_int_equal(pcapng__flush(o.p), 0);
		assert_int_equal(pcapng__flush(o.p), 0);
		reading__open(&r, &o);
		check_section(&r, apps[i]);
		reading__close(&r);
		check_counts(&o, 0, 0);
		out__close(&o);
	}
}

static const struct {
	struct pcapng_iface iface;
	int number;
	const char *name, *descr; /* of a new one */
} ifaces[] = {
	{ { 2, 4026531840, "eth0" }, 0, "eth0", "ifindex 2, netns 4026531840" },
	{ { 2, 4026531840, "eth0" }, 0, NULL, NULL },
	{ { 2, 4026532000, "eth0" }, 1, "eth0", "ifindex 2, netns 4026532000" },
	{ { 3, 4026531840, "eth0" }, 2, "eth0", "ifindex 3, netns 4026531840" },
	{ { 2, 4026531840, "lan" }, 3, "lan", "ifindex 2, netns 4026531840" },
	{ { 2, 4026532000, "eth0" }, 1, NULL, NULL },
	{ { 7, 0, "tun0" }, 4, "tun0", "ifindex 7" },
	{ { 0, 9, "tun0" }, 5, "tun0", "netns 9" },
	{ { 0, 0, "tun0" }, 6, "tun0", NULL },
	{ { 0, 0, "" }, 7, NULL, NULL },
	{ { 0, 0, "a\xff\x1b" ARROW }, 8, "a\\xff\\x1b" ARROW, NULL },
	{ { 2, 4026531840, "lan" }, 3, NULL, NULL },
	{ { 0, 0, "" }, 7, NULL, NULL },
};

static void interfaces_are_described_once(void **state)
{
	int next = 0;
	struct reading r;
	struct out o;

	(void)state;
	out__open_file(&o, 96);
	for (size_t i = 0; i < ARRAY_SIZE(ifaces); i++)
		assert_int_equal(pcapng__interface(o.p, &ifaces[i].iface), ifaces[i].number);
	assert_int_equal(pcapng__flush(o.p), 0);
	reading__open(&r, &o);
	check_section(&r, "bpfsnoop 1.2");
	for (size_t i = 0; i < ARRAY_SIZE(ifaces); i++) {
		struct pcapng_iface want = ifaces[i].iface;

		if (ifaces[i].number != next)
			continue;
		next++;
		want.name = ifaces[i].name;
		check_interface(&r, &want, ifaces[i].descr, 96);
	}
	reading__close(&r);
	out__close(&o);
}

static void many_interfaces(void **state)
{
	const unsigned int cnt = 3000;
	char name[16], descr[32];
	struct reading r;
	struct out o;

	(void)state;
	out__open_file(&o, 0);
	for (unsigned int i = 0; i < 2 * cnt; i++) {
		struct pcapng_iface iface = { i % cnt + 1, 7, name };

		snprintf(name, sizeof(name), "veth%u", i % cnt % 100);
		assert_int_equal(pcapng__interface(o.p, &iface), i % cnt);
	}
	assert_int_equal(pcapng__flush(o.p), 0);
	reading__open(&r, &o);
	check_section(&r, "bpfsnoop 1.2");
	for (unsigned int i = 0; i < cnt; i++) {
		struct pcapng_iface iface = { i + 1, 7, name };

		snprintf(name, sizeof(name), "veth%u", i % 100);
		snprintf(descr, sizeof(descr), "ifindex %u, netns 7", i + 1);
		check_interface(&r, &iface, descr, PCAPNG_SNAPLEN_MAX);
	}
	reading__close(&r);
	out__close(&o);
}

/* ---- packets ---- */

static const char bytes[] = "0123456789abcdef";

static const struct {
	struct pcapng_packet pkt;
	__u32 data_sz, len_sz; /* in the file, whose snapshot length is 10 */
} packets[] = {
	{ { .time_ns = 0, .data_sz = 0, .len_sz = 0 }, 0, 0 },
	{ { .time_ns = 1, .data_sz = 1, .len_sz = 1, .comment = "" }, 1, 1 },
	{ { .time_ns = UINT32_MAX, .data_sz = 2, .len_sz = 3, .comment = "a" }, 2, 3 },
	{ { .time_ns = 1ull << 32, .data_sz = 3, .len_sz = 1500, .comment = "ab" }, 3, 1500 },
	{ { .time_ns = 999999999, .data_sz = 4, .len_sz = 4 }, 4, 4 },
	/* clang-format off */
	{ { .time_ns = 1764325883123456789, .data_sz = 5, .len_sz = 5,
	    .comment = ARROW " tcp_v4_rcv" }, 5, 5 },
	{ { .time_ns = UINT64_MAX, .data_sz = 0, .len_sz = UINT32_MAX,
	    .comment = ARROW " ip_rcv\n" ARROW " tcp_v4_rcv" }, 0, UINT32_MAX },
	/* clang-format on */
	{ { .data_sz = 9, .len_sz = 8 }, 9, 9 }, /* shorter than what there is of it: cannot be */
	{ { .data_sz = 10, .len_sz = 10 }, 10, 10 },
	{ { .data_sz = 11, .len_sz = 11 }, 10, 11 },
	{ { .data_sz = 16, .len_sz = 60 }, 10, 60 },
};

static void check_packet(const struct block *b, const struct pcapng_packet *pkt, __u32 data_sz,
			 __u32 len_sz)
{
	size_t padded = ALIGN_UP((size_t)data_sz, 4);
	const char *comment = pkt->comment && *pkt->comment ? pkt->comment : NULL;

	assert_int_equal(u32_at(b->body), pkt->iface);
	assert_int_equal(u32_at(b->body + 4), pkt->time_ns >> 32);
	assert_int_equal(u32_at(b->body + 8), (__u32)pkt->time_ns);
	assert_int_equal(u32_at(b->body + 12), data_sz);
	assert_int_equal(u32_at(b->body + 16), len_sz);
	assert_memory_equal(b->body + 20, bytes, data_sz);
	check_zero(b->body + 20 + data_sz, padded - data_sz);
	check_text(b, 20 + padded, COMMENT, comment);
}

static void packets_as_blocks(void **state)
{
	struct reading r;
	struct out o;

	(void)state;
	out__open_file(&o, 10);
	for (size_t i = 0; i < ARRAY_SIZE(packets); i++) {
		struct pcapng_packet pkt = packets[i].pkt;

		pkt.data = pkt.data_sz ? bytes : NULL;
		pkt.iface = pcapng__interface(o.p, &eth0);
		assert_int_equal(pcapng__packet(o.p, &pkt), 0);
	}
	check_counts(&o, 0, 0);
	assert_int_equal(pcapng__flush(o.p), 0);
	check_counts(&o, ARRAY_SIZE(packets), 0);
	reading__open(&r, &o);
	check_section(&r, "bpfsnoop 1.2");
	check_interface(&r, &eth0, "ifindex 2, netns 4026531840", 10);
	for (size_t i = 0; i < ARRAY_SIZE(packets); i++) {
		struct block b = expect_block(&r, EPB);

		check_packet(&b, &packets[i].pkt, packets[i].data_sz, packets[i].len_sz);
	}
	reading__close(&r);
	out__close(&o);
}

/* A comment of @fill letters, then @tail: how much of it is kept. */
static const struct {
	size_t fill;
	const char *tail;
	size_t kept;
} comments[] = {
	{ 65534, "", 65534 },
	{ 65535, "", 65535 },
	{ 65535, "x", 65535 },
	{ 200000, "", 65535 },
	{ 65532, ARROW, 65535 },
	{ 65532, ARROW ARROW, 65535 },
	{ 65533, ARROW, 65533 },
	{ 65534, ARROW, 65534 },
	{ 65535, ARROW, 65535 },
	{ 65532, "\xf0\x9f\x90\x9d", 65532 },
	{ 65534, "\xf0\x9f\x90\x9d", 65534 },
	{ 65531, "\xf0\x9f\x90\x9d", 65535 },
	{ 65530, "\x80\x80\x80\x80\x80\x80\x80\x80", 65532 }, /* no text: ends all the same */
};

static void long_comments_are_cut(void **state)
{
	struct reading r;
	struct out o;

	(void)state;
	out__open_file(&o, 0);
	for (size_t i = 0; i < ARRAY_SIZE(comments); i++) {
		struct pcapng_packet pkt = { .iface = pcapng__interface(o.p, &eth0) };
		struct strbuf text __strbuf = STRBUF_INIT;

		for (size_t k = 0; k < comments[i].fill; k++)
			strbuf__putc(&text, 'x');
		strbuf__puts(&text, comments[i].tail);
		pkt.comment = strbuf__str(&text);
		assert_int_equal(pcapng__packet(o.p, &pkt), 0);
	}
	assert_int_equal(pcapng__flush(o.p), 0);
	reading__open(&r, &o);
	next_block(&r);
	next_block(&r);
	for (size_t i = 0; i < ARRAY_SIZE(comments); i++) {
		struct block b = expect_block(&r, EPB);
		size_t sz = 0;

		assert_non_null(option(&b, 20, COMMENT, &sz));
		assert_int_equal(sz, comments[i].kept);
	}
	reading__close(&r);
	out__close(&o);
}

/* Much pending is written by itself, at the end of a block. */
static void large_batches_are_flushed(void **state)
{
	unsigned int n = 0, whole = 0;
	char data[1000] = "";
	struct reading r;
	struct out o;

	(void)state;
	out__open_file(&o, 0);
	for (; !pcapng__written(o.p) && n < 1000; n++)
		assert_int_equal(put(&o, &eth0, data, sizeof(data)), 0);
	check_counts(&o, n, 0);
	assert_in_range(n, 60, 66);
	for (reading__open(&r, &o); r.at < r.sz; whole++)
		next_block(&r);
	assert_int_equal(whole, n + 2);
	reading__close(&r);
	out__close(&o);
}

/* ---- errors ---- */

static void reader_gone(void **state)
{
	struct out o;
	int fds[2];

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	out__open(&o, fds[1], 0);
	assert_int_equal(put(&o, &eth0, bytes, 4), 0);
	assert_int_equal(pcapng__flush(o.p), 0);
	close(fds[0]);
	assert_int_equal(put(&o, &eth0, bytes, 4), 0);
	assert_int_equal(put(&o, &eth0, bytes, 4), 0);
	check_counts(&o, 1, 0);
	assert_int_equal(pcapng__flush(o.p), -EPIPE);
	check_counts(&o, 1, 2);
	/* sticky, and counted; the interface's number is the error then */
	assert_int_equal(pcapng__interface(o.p, &eth0), -EPIPE);
	assert_int_equal(put(&o, &eth0, bytes, 4), -EPIPE);
	assert_int_equal(pcapng__flush(o.p), -EPIPE);
	check_counts(&o, 1, 3);
	out__close(&o);
}

static void device_full(void **state)
{
	struct out o;

	(void)state;
	out__open(&o, open("/dev/full", O_WRONLY | O_CLOEXEC), 0);
	assert_int_equal(put(&o, &eth0, bytes, 4), 0);
	assert_int_equal(pcapng__flush(o.p), -ENOSPC);
	check_counts(&o, 0, 1);
	assert_int_equal(put(&o, &eth0, bytes, 4), -ENOSPC);
	check_counts(&o, 0, 2);
	out__close(&o);
}

static void limit_file_size(rlim_t max)
{
	struct rlimit lim;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &lim), 0);
	lim.rlim_cur = max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &lim), 0);
}

/* Three packets into a file of at most @limit bytes: whole blocks of it. Return: packets in it. */
static unsigned int write_limited(rlim_t limit)
{
	unsigned int whole = 0;
	struct reading r;
	struct out o;
	int err;

	out__open_file(&o, 0);
	for (__u32 i = 0; i < 3; i++)
		assert_int_equal(put(&o, &eth0, bytes, 3 + i), 0);
	limit_file_size(limit);
	err = pcapng__flush(o.p);
	limit_file_size(RLIM_INFINITY);
	assert_int_equal(err, pcapng__written(o.p) == 3 ? 0 : -EFBIG);
	for (reading__open(&r, &o); r.at < r.sz;)
		whole += next_block(&r).type == EPB;
	check_counts(&o, whole, 3 - whole);
	/* room again: too late, the packets would have a gap */
	if (whole < 3) {
		assert_int_equal(put(&o, &eth0, bytes, 4), -EFBIG);
		assert_int_equal(pcapng__flush(o.p), -EFBIG);
		check_counts(&o, whole, 4 - whole);
		assert_int_equal(lseek(o.fd, 0, SEEK_END), r.sz);
	}
	reading__close(&r);
	out__close(&o);
	return whole;
}

static void full_disk_keeps_whole_blocks(void **state)
{
	unsigned int last = 0, whole;

	(void)state;
	for (rlim_t limit = 0; last < 3; limit++) {
		assert_true(limit < 1000);
		whole = write_limited(limit);
		assert_true(whole == last || whole == last + 1);
		last = whole;
	}
}

/* ---- other readers ---- */

#define T0 (1764325883 * NS_PER_S)

/* Packets to read back: UDP over IPv4, of several interfaces. */
static const struct sample {
	const struct pcapng_iface *iface;
	__u64 time_ns;
	__u32 data_sz; /* of what is behind the IP and UDP headers */
	__u32 cut;     /* of the end, which is not in the file */
	const char *comment;
} samples[] = {
	{ &eth0, T0 + 123456789, 8, 0, ARROW " tcp_v4_rcv" },
	{ &eth0, T0 + 123456790, 0, 0, ARROW " __dev_queue_xmit cpu=1" },
	{ &inner, T0 + 999999999, 9, 1, "\xe2\x86\x90 ip_rcv ret=\xe2\x80\xa6" },
	{ &tap0, T0 + NS_PER_S, 10, 0, ARROW " tun_net_xmit" },
	{ &veth, T0 + NS_PER_S + 1, 1400, 1333, NULL },
	{ &inner, T0 + 2 * NS_PER_S, 11, 11, ARROW " veth_xmit" },
	{ &tap0, T0 + 2 * NS_PER_S - 1, 12, 0, "a \"quoted\" \\ comment" },
};

struct frame {
	unsigned char bytes[2048];
	__u32 len, cap;
};

/* Sample @i, whose number is its UDP source port. */
static void make_frame(struct frame *f, size_t i)
{
	static const unsigned char eth[14] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0 };
	static const unsigned char ip[20] = { 0x45, 0, 0,  0, 0, 0, 0,  0, 64, 17,
					      0,    0, 10, 0, 0, 1, 10, 0, 0,  2 };
	const struct sample *s = &samples[i];
	unsigned char *p = f->bytes;
	__u32 udp_len = 8 + s->data_sz;

	memset(f, 0, sizeof(*f));
	p = mempcpy(p, eth, sizeof(eth));
	memcpy(p, ip, sizeof(ip));
	p[2] = (unsigned char)((20 + udp_len) >> 8);
	p[3] = (unsigned char)(20 + udp_len);
	p += 20;
	p[1] = (unsigned char)i;
	p[3] = 99;
	p[4] = (unsigned char)(udp_len >> 8);
	p[5] = (unsigned char)udp_len;
	memset(p + 8, 'd', s->data_sz);
	f->len = (__u32)(p - f->bytes) + udp_len;
	f->cap = f->len - s->cut;
}

static void put_samples(struct out *o)
{
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		const struct sample *s = &samples[i];
		struct pcapng_packet pkt = { .time_ns = s->time_ns };
		struct frame f;

		make_frame(&f, i);
		pkt.iface = pcapng__interface(o->p, s->iface);
		pkt.data = f.bytes;
		pkt.data_sz = f.cap;
		pkt.len_sz = f.len;
		pkt.comment = s->comment;
		assert_int_equal(pcapng__packet(o->p, &pkt), 0);
	}
	assert_int_equal(pcapng__flush(o->p), 0);
}

static void check_next(pcap_t *pcap, size_t i)
{
	struct pcap_pkthdr *h;
	const unsigned char *data;
	struct frame f;

	make_frame(&f, i);
	if (pcap_next_ex(pcap, &h, &data) != 1)
		fail_msg("packet %zu: %s", i, pcap_geterr(pcap));
	assert_int_equal(h->ts.tv_sec, samples[i].time_ns / NS_PER_S);
	assert_int_equal(h->ts.tv_usec, samples[i].time_ns % NS_PER_S);
	assert_int_equal(h->caplen, f.cap);
	assert_int_equal(h->len, f.len);
	assert_memory_equal(data, f.bytes, f.cap);
}

static pcap_t *open_pcap(const char *path)
{
	char msg[PCAP_ERRBUF_SIZE];

	return pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, msg);
}

/* All samples in each section; one after the first is what another run appends to a file. */
static void write_sections(struct out *o, int cnt)
{
	out__open_file(o, 0);
	put_samples(o);
	for (int i = 1; i < cnt; i++) {
		pcapng__free(o->p);
		assert_int_equal(pcapng__new(o->fd, 0, NULL, &o->p), 0);
		put_samples(o);
	}
}

static void check_samples(pcap_t *pcap)
{
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++)
		check_next(pcap, i);
}

static void libpcap_reads(void **state)
{
	(void)state;
	for (int cnt = 1; cnt <= 2; cnt++) {
		struct pcap_pkthdr *h;
		const unsigned char *data;
		struct out o;
		pcap_t *pcap;

		write_sections(&o, cnt);
		pcap = open_pcap(o.path);
		assert_non_null(pcap);
		assert_int_equal(pcap_datalink(pcap), DLT_EN10MB);
		assert_int_equal(pcap_snapshot(pcap), PCAPNG_SNAPLEN_MAX);
		for (int i = 0; i < cnt; i++)
			check_samples(pcap);
		assert_int_equal(pcap_next_ex(pcap, &h, &data), PCAP_ERROR_BREAK);
		pcap_close(pcap);
		out__close(&o);
	}
}

/* What the header tells of libpcap, a file without interfaces; a new one may know better. */
static void libpcap_does_not_read(void **state)
{
	struct out o;

	(void)state;
	out__open_file(&o, 0);
	assert_int_equal(pcapng__flush(o.p), 0);
	assert_null(open_pcap(o.path));
	out__close(&o);
}

/* What was flushed is read before more is written. */
static void live_reader(void **state)
{
	char msg[PCAP_ERRBUF_SIZE];
	pcap_t *pcap = NULL;
	struct out o;
	int fds[2];
	FILE *f;

	(void)state;
	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	f = fdopen(fds[0], "r");
	assert_non_null(f);
	out__open(&o, fds[1], 0);
	for (int n = 0; n < 3; n++) {
		put_samples(&o);
		if (!pcap)
			pcap = pcap_fopen_offline_with_tstamp_precision(
				f, PCAP_TSTAMP_PRECISION_NANO, msg);
		assert_non_null(pcap);
		check_samples(pcap);
	}
	check_counts(&o, 3 * ARRAY_SIZE(samples), 0);
	out__close(&o);
	pcap_close(pcap);
}

/* ---- programs ---- */

/* What a program prints that succeeds; one that is missing fails. */
static void run(const char *const *argv, struct strbuf *text)
{
	char buf[4096];
	int fds[2], status;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe2(fds, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		dup2(fds[1], STDOUT_FILENO);
		setenv("LC_ALL", "C.UTF-8", 1);
		execvp(argv[0], (char **)argv);
		fprintf(stderr, "cannot run %s: %s\n", argv[0], strerror(errno));
		_exit(127);
	}
	close(fds[1]);
	while ((n = read(fds[0], buf, sizeof(buf))) > 0)
		strbuf__add(text, buf, (size_t)n);
	close(fds[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* As tcpdump has it: numbers, nanoseconds since the epoch. */
static void want_tcpdump(struct strbuf *b, size_t i)
{
	const struct sample *s = &samples[i];

	strbuf__printf(b, "%llu.%09llu IP 10.0.0.1.%zu > 10.0.0.2.99: UDP, length %u\n",
		       s->time_ns / NS_PER_S, s->time_ns % NS_PER_S, i, s->data_sz);
}

static void check_tcpdump(const char *path, int sections)
{
	struct strbuf got __strbuf = STRBUF_INIT, want __strbuf = STRBUF_INIT;

	run((const char *[]){ "tcpdump", "-r", path, "-nn", "-tt", "--time-stamp-precision", "nano",
			      NULL },
	    &got);
	for (size_t i = 0; i < sections * ARRAY_SIZE(samples); i++)
		want_tcpdump(&want, i % ARRAY_SIZE(samples));
	assert_string_equal(strbuf__str(&got), strbuf__str(&want));
}

/* clang-format off */
#define FIELDS                                                                                     \
	"-e", "frame.time_epoch", "-e", "frame.comment", "-e", "frame.interface_name",             \
	"-e", "frame.interface_description", "-e", "frame.len", "-e", "frame.cap_len",             \
	"-e", "udp.srcport"
/* clang-format on */

static void want_tshark(struct strbuf *b, size_t i)
{
	const struct sample *s = &samples[i];
	struct frame f;

	make_frame(&f, i);
	strbuf__printf(b, "%llu.%09llu\t%s\t%s\t", s->time_ns / NS_PER_S, s->time_ns % NS_PER_S,
		       s->comment ?: "", s->iface->name);
	strbuf__printf(b, "ifindex %u, netns %u\t%u\t%u\t%zu\n", s->iface->ifindex, s->iface->netns,
		       f.len, f.cap, i);
}

static void check_tshark(const char *path, int sections)
{
	struct strbuf got __strbuf = STRBUF_INIT, want __strbuf = STRBUF_INIT;

	run((const char *[]){ "tshark", "-r", path, "-n", "-T", "fields", FIELDS, NULL }, &got);
	for (size_t i = 0; i < sections * ARRAY_SIZE(samples); i++)
		want_tshark(&want, i % ARRAY_SIZE(samples));
	assert_string_equal(strbuf__str(&got), strbuf__str(&want));
}

static void programs_read(void **state)
{
	(void)state;
	for (int cnt = 1; cnt <= 2; cnt++) {
		struct out o;

		write_sections(&o, cnt);
		check_tcpdump(o.path, cnt);
		check_tshark(o.path, cnt);
		out__close(&o);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_but_a_section),
		cmocka_unit_test(interfaces_are_described_once),
		cmocka_unit_test(many_interfaces),
		cmocka_unit_test(packets_as_blocks),
		cmocka_unit_test(long_comments_are_cut),
		cmocka_unit_test(large_batches_are_flushed),
		cmocka_unit_test(reader_gone),
		cmocka_unit_test(device_full),
		cmocka_unit_test(full_disk_keeps_whole_blocks),
		cmocka_unit_test(libpcap_reads),
		cmocka_unit_test(libpcap_does_not_read),
		cmocka_unit_test(live_reader),
		cmocka_unit_test(programs_read),
	};

	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	return RUN_TESTS(tests);
}
