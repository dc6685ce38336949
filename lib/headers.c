// SPDX-License-Identifier: BSD-2-Clause
#include "lib/headers.h"

#include <assert.h>

#include "base/macros.h"

__u32 header__bits(const struct header *h, size_t off, size_t width)
{
	size_t first = off / 8, end = (off + width + 7) / 8;
	__u64 v = 0;

	assert(width && width <= 32);
	if (!header__has(h, first, end - first))
		return 0;
	for (size_t i = first; i < end; i++)
		v = v << 8 | h->data[i];
	v >>= end * 8 - off - width;
	return (__u32)(v & ((1ull << width) - 1));
}

bool header__is_extension(enum header_kind kind)
{
	return kind >= HEADER_IP6_HOP && kind <= HEADER_AH;
}

/* ---- how long a header is, told by its fixed part ---- */

static size_t llc_len(const struct header *h)
{
	return header__bits(h, 22, 2) == 3 ? 3 : 4; /* else a control of two bytes */
}

static size_t arp_len(const struct header *h)
{
	return 8 + 2 * (header__bits(h, 32, 8) + header__bits(h, 40, 8));
}

static size_t ip4_len(const struct header *h)
{
	return 4 * header__bits(h, 4, 4);
}

static size_t extension_len(const struct header *h)
{
	return 8 + 8 * header__bits(h, 8, 8);
}

static size_t ah_len(const struct header *h)
{
	return 8 + 4 * header__bits(h, 8, 8);
}

static size_t tcp_len(const struct header *h)
{
	return 4 * header__bits(h, 96, 4);
}

/* The target of a neighbour's solicitation and advertisement, identifier and number of an echo. */
static size_t icmp6_len(const struct header *h)
{
	switch (header__bits(h, 0, 8)) {
	case 128:
	case 129:
		return 8;
	case 135:
	case 136:
		return 24;
	default:
		return 4;
	}
}

/* Checksum and offset, key, number, and of version 1 the number that is acknowledged. */
static size_t gre_len(const struct header *h)
{
	size_t words = 1;

	words += header__bits(h, 0, 2) != 0;
	words += header__bits(h, 2, 1);
	words += header__bits(h, 3, 1);
	words += header__bits(h, 13, 3) == 1 && header__bits(h, 8, 1);
	return 4 * words;
}

static bool is_ip4(const struct header *h)
{
	return h->data[0] >> 4 == 4 && (h->data[0] & 15) >= 5;
}

static bool is_ip6(const struct header *h)
{
	return h->data[0] >> 4 == 6;
}

/* ---- what is behind a header ---- */

static const struct {
	__u16 type;
	enum header_kind kind;
} types[] = {
	{ HEADER_TYPE_IP4, HEADER_IP4 }, { 0x86dd, HEADER_IP6 },  { 0x0806, HEADER_ARP },
	{ 0x8100, HEADER_VLAN },         { 0x88a8, HEADER_VLAN }, { 0x9100, HEADER_VLAN },
};

static enum header_kind by_type(__u32 type)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (types[i].type == type)
			return types[i].kind;
	return HEADER_NONE;
}

static const struct {
	__u8 proto;
	bool ip6_only;
	enum header_kind kind;
} protos[] = {
	{ 6, false, HEADER_TCP },         { 17, false, HEADER_UDP },
	{ 1, false, HEADER_ICMP4 },       { 58, false, HEADER_ICMP6 },
	{ 132, false, HEADER_SCTP },      { 47, false, HEADER_GRE },
	{ 4, false, HEADER_IP4 },         { 41, false, HEADER_IP6 },
	{ 51, false, HEADER_AH },         { 0, true, HEADER_IP6_HOP },
	{ 43, true, HEADER_IP6_ROUTING }, { 44, true, HEADER_IP6_FRAG },
	{ 60, true, HEADER_IP6_DEST },    { 135, true, HEADER_IP6_MOBILITY },
};

static enum header_kind by_proto(const struct headers *w, __u32 proto)
{
	for (size_t i = 0; i < ARRAY_SIZE(protos); i++)
		if (protos[i].proto == proto && (w->ip6 || !protos[i].ip6_only))
			return protos[i].kind;
	return HEADER_NONE;
}

static enum header_kind by_type_or_length(__u32 type)
{
	return type < HEADER_TYPE_MIN ? HEADER_LLC : by_type(type);
}

static enum header_kind behind_eth(struct headers *w, const struct header *h)
{
	(void)w;
	return by_type_or_length(header__bits(h, 96, 16));
}

static enum header_kind behind_vlan(struct headers *w, const struct header *h)
{
	(void)w;
	return by_type_or_length(header__bits(h, 16, 16));
}

static enum header_kind behind_llc(struct headers *w, const struct header *h)
{
	(void)w;
	return header__bits(h, 0, 24) == 0xaaaa03 ? HEADER_SNAP : HEADER_NONE;
}

static enum header_kind behind_snap(struct headers *w, const struct header *h)
{
	(void)w;
	return header__bits(h, 0, 24) ? HEADER_NONE : by_type(header__bits(h, 24, 16));
}

static enum header_kind behind_ip4(struct headers *w, const struct header *h)
{
	w->ip6 = false;
	if (header__bits(h, 51, 13))
		return HEADER_NONE;
	return by_proto(w, header__bits(h, 72, 8));
}

static enum header_kind behind_ip6(struct headers *w, const struct header *h)
{
	w->ip6 = true;
	return by_proto(w, header__bits(h, 48, 8));
}

static enum header_kind behind_extension(struct headers *w, const struct header *h)
{
	return by_proto(w, header__bits(h, 0, 8));
}

static enum header_kind behind_frag(struct headers *w, const struct header *h)
{
	if (header__bits(h, 16, 13))
		return HEADER_NONE;
	return by_proto(w, header__bits(h, 0, 8));
}

/* With source routes, which RFC 2784 took away, the header has no end that is known. */
static enum header_kind behind_gre(struct headers *w, const struct header *h)
{
	__u32 type = header__bits(h, 16, 16);

	(void)w;
	if (header__bits(h, 1, 1))
		return HEADER_NONE;
	return type == 0x6558 ? HEADER_ETH : by_type(type);
}

/* ---- the walk ---- */

static const struct rule {
	size_t min;                            /* bytes of the fixed part */
	size_t (*len)(const struct header *h); /* all of it; NULL: the fixed part */
	bool (*valid)(const struct header *h); /* by its first byte; NULL: any is */
	enum header_kind (*behind)(struct headers *w, const struct header *h); /* NULL: data */
} rules[] = {
	[HEADER_NONE] = { 0 },
	[HEADER_ETH] = { .min = 14, .behind = behind_eth },
	[HEADER_VLAN] = { .min = 4, .behind = behind_vlan },
	[HEADER_LLC] = { .min = 3, .len = llc_len, .behind = behind_llc },
	[HEADER_SNAP] = { .min = 5, .behind = behind_snap },
	[HEADER_ARP] = { .min = 8, .len = arp_len },
	[HEADER_IP] = { .min = 1 },
	[HEADER_IP4] = { 20, ip4_len, is_ip4, behind_ip4 },
	[HEADER_IP6] = { 40, NULL, is_ip6, behind_ip6 },
	[HEADER_IP6_HOP] = { .min = 8, .len = extension_len, .behind = behind_extension },
	[HEADER_IP6_ROUTING] = { .min = 8, .len = extension_len, .behind = behind_extension },
	[HEADER_IP6_FRAG] = { .min = 8, .behind = behind_frag },
	[HEADER_IP6_DEST] = { .min = 8, .len = extension_len, .behind = behind_extension },
	[HEADER_IP6_MOBILITY] = { .min = 8, .len = extension_len, .behind = behind_extension },
	[HEADER_AH] = { .min = 12, .len = ah_len, .behind = behind_extension },
	[HEADER_TCP] = { .min = 20, .len = tcp_len },
	[HEADER_UDP] = { .min = 8 },
	[HEADER_SCTP] = { .min = 12 },
	[HEADER_ICMP4] = { .min = 8 },
	[HEADER_ICMP6] = { .min = 4, .len = icmp6_len },
	[HEADER_GRE] = { .min = 4, .len = gre_len, .behind = behind_gre },
};
static_assert(ARRAY_SIZE(rules) == HEADER_CNT, "a rule per kind");

static enum header_kind ip_kind(const __u8 *data, size_t cnt)
{
	if (!cnt)
		return HEADER_IP;
	switch (data[0] >> 4) {
	case 4:
		return HEADER_IP4;
	case 6:
		return HEADER_IP6;
	default:
		return HEADER_NONE;
	}
}

void headers__init(struct headers *w, const __u8 *data, size_t cnt, enum header_kind first)
{
	if (first == HEADER_IP)
		first = ip_kind(data, cnt);
	*w = (struct headers){ .at = data, .cnt = cnt, .next = first };
}

/* From all the bytes that are left to those of the header. */
static enum header_state measure(const struct rule *r, struct header *h)
{
	size_t len;

	if (h->cnt && r->valid && !r->valid(h))
		return HEADER_INVALID;
	if (h->cnt < r->min)
		return HEADER_CUT;
	len = r->len ? r->len(h) : r->min;
	if (len < r->min)
		return HEADER_INVALID;
	if (len > h->cnt)
		return HEADER_CUT;
	h->cnt = len;
	return HEADER_WHOLE;
}

bool headers__next(struct headers *w, struct header *ret)
{
	const struct rule *r = &rules[w->next];
	struct header h = { .kind = w->next, .data = w->at, .cnt = w->cnt };

	if (h.kind == HEADER_NONE)
		return false;
	w->next = HEADER_NONE;
	h.state = measure(r, &h);
	if (h.state == HEADER_WHOLE) {
		w->at += h.cnt;
		w->cnt -= h.cnt;
		if (r->behind)
			w->next = r->behind(w, &h);
	}
	*ret = h;
	return true;
}
