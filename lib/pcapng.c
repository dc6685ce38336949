// SPDX-License-Identifier: BSD-2-Clause
#include "lib/pcapng.h"

#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/cleanup.h"
#include "base/hash.h"
#include "base/macros.h"
#include "base/utf8.h"
#include "base/vec.h"
#include "lib/writer.h"

/* What the writer counts apart: only packets are of interest. */
enum kind { HEADER, PACKET, KIND_CNT };

struct pcapng {
	struct writer w;
	__u64 written[KIND_CNT], lost[KIND_CNT];
	__u32 snaplen;
	VEC(struct pcapng_iface) ifaces; /* by number; the names are owned */
	__u32 *index;                    /* by hash: number + 1, 0 for none */
	size_t index_cap;                /* a power of two, more than half of it empty */
};

/* ---- blocks ---- */

#define BYTE_ORDER_MAGIC 0x1a2b3c4d
#define SECTION_SZ_UNKNOWN (-1)
#define LINKTYPE_ETHERNET 1
#define TSRESOL_NS 9 /* 10^-9 s */

enum block_type { SECTION = 0x0a0d0d0a, INTERFACE = 1, ENHANCED_PACKET = 6 };

struct block_head {
	__u32 type;
	__u32 sz; /* from here to behind its repetition at the end */
};

struct section {
	__u32 magic;
	__u16 major, minor;
	__s64 sz;
};

struct interface {
	__u16 link, reserved;
	__u32 snaplen;
};

struct enhanced_packet {
	__u32 iface;
	__u32 time_high, time_low;
	__u32 data_sz, len_sz;
};

static_assert(sizeof(struct section) == 16, "section header without holes");
static_assert(sizeof(struct interface) == 8, "interface description without holes");
static_assert(sizeof(struct enhanced_packet) == 20, "enhanced packet without holes");

/* Codes mean something else in each type of block. */
enum option {
	OPT_END = 0,
	OPT_COMMENT = 1,
	SHB_OS = 3,
	SHB_USERAPPL = 4,
	IF_NAME = 2,
	IF_DESCRIPTION = 3,
	IF_TSRESOL = 9,
};

struct option_head {
	__u16 code;
	__u16 sz; /* without padding */
};

/* Return: where the block begins, for end_block(). */
static size_t begin_block(struct strbuf *b, enum block_type type, const void *body, size_t sz)
{
	const struct block_head head = { .type = type };
	size_t at = b->len;

	strbuf__add(b, &head, sizeof(head));
	strbuf__add(b, body, sz);
	return at;
}

static void put_padded(struct strbuf *b, const void *data, size_t sz)
{
	strbuf__add(b, data, sz);
	strbuf__add(b, "\0\0\0", ALIGN_UP(sz, 4) - sz);
}

static void put_option(struct strbuf *b, enum option code, const void *data, size_t sz)
{
	const struct option_head head = { (__u16)code, (__u16)sz };

	assert(sz <= UINT16_MAX);
	strbuf__add(b, &head, sizeof(head));
	put_padded(b, data, sz);
}

/* Of a text that is too long, what fits of it in whole characters. */
static size_t fitting(const char *s, size_t max)
{
	size_t n = strnlen(s, max + 1);

	if (n <= max)
		return n;
	n = max;
	while (n > max - 3 && ((unsigned char)s[n] & 0xc0) == 0x80)
		n--;
	return n;
}

static void put_text(struct strbuf *b, enum option code, const char *s)
{
	size_t sz = s ? fitting(s, PCAPNG_COMMENT_MAX) : 0;

	if (sz)
		put_option(b, code, s, sz);
}

/* As put_text(), of a text that may have failed. */
static void put_made(struct strbuf *b, enum option code, const struct strbuf *text)
{
	if (text->err)
		b->err = text->err;
	put_text(b, code, strbuf__str(text));
}

/* Without memory anywhere in the block there is an error to commit, and the block is lost. */
static int end_block(struct pcapng *p, size_t at, enum kind kind)
{
	struct strbuf *b = &p->w.buf;
	__u32 sz;

	put_option(b, OPT_END, NULL, 0);
	sz = (__u32)(b->len - at + sizeof(sz));
	strbuf__add(b, &sz, sizeof(sz));
	if (!b->err)
		memcpy(b->s + at + offsetof(struct block_head, sz), &sz, sizeof(sz));
	return writer__commit(&p->w, kind);
}

/* ---- section ---- */

static int put_section(struct pcapng *p, const char *app)
{
	static const struct section section = { BYTE_ORDER_MAGIC, 1, 0, SECTION_SZ_UNKNOWN };
	size_t at = begin_block(&p->w.buf, SECTION, &section, sizeof(section));
	struct strbuf os __strbuf = STRBUF_INIT;
	struct utsname u;

	if (!uname(&u))
		strbuf__printf(&os, "%s %s", u.sysname, u.release);
	put_made(&p->w.buf, SHB_OS, &os);
	put_text(&p->w.buf, SHB_USERAPPL, app);
	return end_block(p, at, HEADER);
}

DEFINE_CLEANUP(struct pcapng *, cleanup_pcapng, pcapng__free)

int pcapng__new(int fd, __u32 snaplen, const char *app, struct pcapng **ret)
{
	struct pcapng *p __cleanup(cleanup_pcapng) = calloc(1, sizeof(*p));
	int err;

	if (!p)
		return -ENOMEM;
	writer__init(&p->w, fd, p->written, p->lost);
	p->snaplen = snaplen && snaplen < PCAPNG_SNAPLEN_MAX ? snaplen : PCAPNG_SNAPLEN_MAX;
	err = put_section(p, app);
	if (err)
		return err;
	*ret = take_ptr(p);
	return 0;
}

void pcapng__free(struct pcapng *p)
{
	if (!p)
		return;
	vec_each (&p->ifaces, it)
		free((char *)it->name);
	vec_free(&p->ifaces);
	free(p->index);
	writer__fini(&p->w);
	free(p);
}

/* ---- interfaces ---- */

static bool is_same(const struct pcapng_iface *a, const struct pcapng_iface *b)
{
	return a->ifindex == b->ifindex && a->netns == b->netns && !strcmp(a->name, b->name);
}

/* Where its number is, or belongs. */
static __u32 *place_of(const struct pcapng *p, const struct pcapng_iface *iface)
{
	const __u32 numbers[] = { iface->ifindex, iface->netns };
	size_t h = hash_add(HASH_INIT, numbers, sizeof(numbers));

	h = hash_add(h, iface->name, strlen(iface->name));
	for (;; h++) {
		__u32 *at = &p->index[h & (p->index_cap - 1)];

		if (!*at || is_same(&p->ifaces.items[*at - 1], iface))
			return at;
	}
}

static int grow(struct pcapng *p)
{
	size_t cap = p->index_cap ? 2 * p->index_cap : 16;
	__u32 *index;

	if (2 * (p->ifaces.cnt + 1) < p->index_cap)
		return 0;
	index = calloc(cap, sizeof(*index));
	if (!index)
		return -ENOMEM;
	free(p->index);
	p->index = index;
	p->index_cap = cap;
	for (size_t i = 0; i < p->ifaces.cnt; i++)
		*place_of(p, &p->ifaces.items[i]) = (__u32)i + 1;
	return 0;
}

static int remember(struct pcapng *p, const struct pcapng_iface *iface)
{
	struct pcapng_iface own = *iface;
	char *name __free = NULL;
	int err = p->ifaces.cnt < INT32_MAX ? grow(p) : -ENOMEM;

	if (err)
		return err;
	own.name = name = strdup(iface->name);
	err = name ? vec_push(&p->ifaces, own) : -ENOMEM;
	if (err)
		return err;
	take_ptr(name);
	*place_of(p, &own) = (__u32)p->ifaces.cnt;
	return 0;
}

static void put_name(struct strbuf *b, const char *name)
{
	struct strbuf text __strbuf = STRBUF_INIT;

	utf8__put(&text, name, strlen(name));
	put_made(b, IF_NAME, &text);
}

static void put_description(struct strbuf *b, const struct pcapng_iface *iface)
{
	struct strbuf text __strbuf = STRBUF_INIT;

	if (iface->ifindex)
		strbuf__printf(&text, "ifindex %u", iface->ifindex);
	if (iface->netns)
		strbuf__printf(&text, "%snetns %u", text.len ? ", " : "", iface->netns);
	put_made(b, IF_DESCRIPTION, &text);
}

static int put_interface(struct pcapng *p, const struct pcapng_iface *iface)
{
	const struct interface body = { .link = LINKTYPE_ETHERNET, .snaplen = p->snaplen };
	size_t at = begin_block(&p->w.buf, INTERFACE, &body, sizeof(body));

	put_name(&p->w.buf, iface->name);
	put_description(&p->w.buf, iface);
	put_option(&p->w.buf, IF_TSRESOL, &(__u8){ TSRESOL_NS }, 1);
	return end_block(p, at, HEADER);
}

/* A packet without its interface cannot be written: after what is pending nothing more is. */
static int give_up(struct pcapng *p, int err)
{
	writer__flush(&p->w);
	return p->w.err ? p->w.err : (p->w.err = err);
}

int pcapng__interface(struct pcapng *p, const struct pcapng_iface *iface)
{
	__u32 number = p->index_cap ? *place_of(p, iface) : 0;
	int err = p->w.err;

	if (err)
		return err;
	if (number)
		return (int)number - 1;
	err = remember(p, iface);
	if (err)
		return give_up(p, err);
	err = put_interface(p, iface);
	return err ? err : (int)p->ifaces.cnt - 1;
}

/* ---- packets ---- */

int pcapng__packet(struct pcapng *p, const struct pcapng_packet *pkt)
{
	const struct enhanced_packet body = {
		.iface = (__u32)pkt->iface,
		.time_high = (__u32)(pkt->time_ns >> 32),
		.time_low = (__u32)pkt->time_ns,
		.data_sz = MIN(pkt->data_sz, p->snaplen),
		.len_sz = MAX(pkt->len_sz, pkt->data_sz),
	};
	struct strbuf *b = &p->w.buf;
	size_t at;

	if (p->w.err) {
		p->lost[PACKET]++;
		return p->w.err;
	}
	assert(pkt->iface >= 0 && (size_t)pkt->iface < p->ifaces.cnt);
	at = begin_block(b, ENHANCED_PACKET, &body, sizeof(body));
	put_padded(b, pkt->data, body.data_sz);
	put_text(b, OPT_COMMENT, pkt->comment);
	return end_block(p, at, PACKET);
}

int pcapng__flush(struct pcapng *p)
{
	return writer__flush(&p->w);
}

__u64 pcapng__written(const struct pcapng *p)
{
	return p->written[PACKET];
}

__u64 pcapng__lost(const struct pcapng *p)
{
	return p->lost[PACKET];
}
