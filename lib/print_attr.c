// SPDX-License-Identifier: BSD-2-Clause
#include "lib/print_attr.h"

#include <endian.h>
#include <string.h>

#include "asm/expr.h"
#include "base/macros.h"
#include "base/strbuf.h"
#include "base/utf8.h"
#include "bpf/abi/record.h"
#include "lib/addr_text.h"
#include "lib/event.h"
#include "lib/kernel_syms.h"
#include "lib/packet_text.h"
#include "lib/print.h"

/* Linux include/linux/err.h: negative errors are -4095 to -1. */
#define ERRNO_MAX 4095

static void put_buf(struct strbuf *b, const struct expr_result *r, const struct event_val *v)
{
	__u32 n = MIN(v->len, r->size);

	strbuf__puts(b, n ? "[0x" : "[");
	strbuf__hex_bytes(b, v->data, n, ",0x");
	strbuf__putc(b, ']');
}

static void put_hex(struct strbuf *b, const struct expr_result *r, const struct event_val *v)
{
	strbuf__hex_bytes(b, v->data, MIN(v->len, r->size), "");
}

/* What fills its room without a NUL was cut. */
static void put_str(struct strbuf *b, const struct expr_result *r, const struct event_val *v)
{
	size_t n = strnlen(v->data, v->len);

	value__put_str(b, v->data, MIN(n, r->size), n > r->size);
}

static void put_port(struct strbuf *b, const void *p)
{
	__u16 port;

	memcpy(&port, p, sizeof(port));
	strbuf__u64(b, be16toh(port));
}

static __u64 number(const struct expr_result *r, const char *data)
{
	__u64 v = 0;

	for (unsigned int i = 0; i < r->num_size; i++) {
		unsigned int at = r->num_be ? i : r->num_size - 1u - i;

		v = v << 8 | (unsigned char)data[at];
	}
	return v;
}

static void put_num(struct strbuf *b, const struct expr_result *r, const struct event_val *v)
{
	__u64 n = number(r, v->data);
	unsigned int shift = 64 - 8u * r->num_size;

	if (r->num_signed)
		strbuf__s64(b, (__s64)(n << shift) >> shift);
	else
		value__put_uint(b, n, r->num_size);
}

/* Values by type; what stands behind a pointer has a struct rec_val of its own. */
static void put_value(struct strbuf *b, const struct expr_result *r, const struct event_val *v,
		      const struct printer_opts *opts)
{
	struct value_data d = { .bytes = v->data, .symbol = opts->symbol,
				.symbol_ctx = opts->symbol_ctx };
	struct rec_val behind;

	if (r->fmt.deref_sz && v->len >= 8 + sizeof(behind)) {
		memcpy(&behind, v->data + 8, sizeof(behind));
		if (behind.status == REC_OK) {
			d.deref = v->data + 8 + sizeof(behind);
			d.deref_len = MIN(behind.len, r->fmt.deref_sz);
		}
	}
	if (d.deref && r->fmt.deref_str)
		d.deref_len = strnlen(d.deref, d.deref_len);
	/* of structs the form that has anonymous members' members in their place */
	value__put_json(b, &r->fmt, &d);
}

/* `[v,v]`, each as its type. */
static void put_slice(struct strbuf *b, const struct expr_result *r, const struct event_val *v,
		      const struct printer_opts *opts)
{
	struct value_data d = { .symbol = opts->symbol, .symbol_ctx = opts->symbol_ctx };
	__u32 size = r->fmt.size;

	strbuf__putc(b, '[');
	for (__u32 at = 0; size && size <= v->len && at <= v->len - size; at += size) {
		if (at)
			strbuf__putc(b, ',');
		d.bytes = v->data + at;
		value__put_json(b, &r->fmt, &d);
	}
	strbuf__putc(b, ']');
}

/* `symbol+0xoff [module]`, the bare number where none is near. */
static void put_sym(struct strbuf *b, const struct event_val *v, const struct printer_opts *opts)
{
	struct sym_place p;
	__u64 addr;

	memcpy(&addr, v->data, sizeof(addr));
	if (!addr || !opts->place || !opts->place(opts->symbol_ctx, addr, &p)) {
		strbuf__hex(b, addr);
		return;
	}
	strbuf__puts(b, p.name);
	strbuf__putc(b, '+');
	strbuf__hex(b, p.off);
	if (p.module[0])
		strbuf__printf(b, " [%s]", p.module);
}

/* `-EINVAL`; what is no error prints as the number it is. */
static void put_errno(struct strbuf *b, const struct expr_result *r, const struct event_val *v,
		      const struct printer_opts *opts)
{
	const char *name = NULL;
	__s64 n;

	memcpy(&n, v->data, sizeof(n));
	if (n < 0 && n >= -ERRNO_MAX)
		name = errno_name((int)-n);
	if (!name) {
		put_value(b, r, v, opts);
		return;
	}
	strbuf__putc(b, '-');
	strbuf__puts(b, name);
}

/* `/a/b/c` from the innermost name first; `…/b/c` when there are more above. */
static void put_names(struct strbuf *b, const struct rec_path *p)
{
	__u32 cnt = MIN(p->cnt, (__u32)PATH_NAME_MAX);

	if (p->flags & PATH_MORE)
		strbuf__puts(b, "…");
	else if (!cnt)
		strbuf__putc(b, '/');
	while (cnt-- > 0) {
		size_t n = strnlen(p->names[cnt], PATH_NAME_SZ);

		strbuf__putc(b, '/');
		value__put_bytes(b, p->names[cnt], MIN(n, (size_t)PATH_NAME_SHOW));
		if (n > PATH_NAME_SHOW)
			strbuf__putc(b, '~');
	}
}

static void put_path(struct strbuf *b, const struct event_val *v)
{
	struct rec_path p = { 0 };

	memcpy(&p, v->data, MIN((size_t)v->len, sizeof(p)));
	if (p.flags & PATH_PIPE)
		strbuf__printf(b, "pipe:[%llu]", p.ino);
	else if (p.flags & PATH_SOCKET)
		strbuf__printf(b, "socket:[%llu]", p.ino);
	else
		put_names(b, &p);
}

/* Each layer on a line of its own. */
static void put_pkt(struct strbuf *b, const struct expr_result *r, const struct event_val *v)
{
	struct strbuf text __strbuf = STRBUF_INIT;

	packet_text__put(&text, (const __u8 *)v->data, MIN(v->len, r->size), r->layer);
	for (const char *s = strbuf__str(&text); *s; s += *s == '\n') {
		size_t n = strcspn(s, "\n");

		strbuf__puts(b, "\n  ");
		strbuf__add(b, s, n);
		s += n;
	}
	if (text.err)
		b->err = text.err;
}

/* Formats of fixed size: one or two items of @item_sz bytes. */
static const struct {
	void (*put)(struct strbuf *b, const void *p);
	__u8 item_sz, cnt;
} items[OUT_CNT] = {
	[OUT_ETH] = { addr_text__mac, 6, 1 },	 [OUT_ETH2] = { addr_text__mac, 6, 2 },
	[OUT_IP4] = { addr_text__ip4, 4, 1 },	 [OUT_IP42] = { addr_text__ip4, 4, 2 },
	[OUT_IP6] = { addr_text__ip6, 16, 1 },	 [OUT_IP62] = { addr_text__ip6, 16, 2 },
	[OUT_PORT] = { put_port, 2, 1 }, [OUT_PORT2] = { put_port, 2, 2 },
};

static void put_items(struct strbuf *b, enum out_kind kind, const char *data)
{
	if (items[kind].cnt > 1)
		strbuf__putc(b, '[');
	for (unsigned int i = 0; i < items[kind].cnt; i++) {
		if (i)
			strbuf__putc(b, ',');
		items[kind].put(b, data + i * items[kind].item_sz);
	}
	if (items[kind].cnt > 1)
		strbuf__putc(b, ']');
}

static void put_ok(struct strbuf *b, const struct expr_result *r, const struct event_val *v,
		   const struct printer_opts *opts)
{
	switch (r->kind) {
	case OUT_VALUE:
	case OUT_DEREF:
		put_value(b, r, v, opts);
		break;
	case OUT_BUF:
		put_buf(b, r, v);
		break;
	case OUT_HEX:
		put_hex(b, r, v);
		break;
	case OUT_STR:
		put_str(b, r, v);
		break;
	case OUT_NUM:
		put_num(b, r, v);
		break;
	case OUT_SLICE:
		put_slice(b, r, v, opts);
		break;
	case OUT_SYM:
		put_sym(b, v, opts);
		break;
	case OUT_ERRNO:
		put_errno(b, r, v, opts);
		break;
	case OUT_PATH:
		put_path(b, v);
		break;
	case OUT_PKT:
		put_pkt(b, r, v);
		break;
	default:
		put_items(b, r->kind, v->data);
	}
}

/* Line breaks and tabs are blanks to C and must not break our line. */
void print_source(struct strbuf *b, const char *text)
{
	for (; *text; text++) {
		size_t n = strcspn(text, "\t\n\v\f\r");

		utf8__put(b, text, n);
		text += n;
		if (!*text)
			return;
		strbuf__putc(b, ' ');
	}
}

const char *print_attr_lead(const struct expr *prev)
{
	if (!prev)
		return "Arg attrs: ";
	return expr__result(prev)->kind == OUT_PKT ? "\nArg attrs: " : ", ";
}

void print_attr_name(struct strbuf *b, const struct expr *e)
{
	strbuf__printf(b, "(%s)'", expr__result(e)->type);
	print_source(b, expr__text(e));
	strbuf__puts(b, "'=");
}

void print_attr(struct strbuf *b, const struct expr_result *r, const struct event_val *v,
		const struct printer_opts *opts)
{
	switch (v->status) {
	case REC_OK:
		put_ok(b, r, v, opts);
		break;
	case REC_NULL:
		strbuf__puts(b, "[NULL]");
		break;
	case REC_DIV0:
		strbuf__puts(b, "[DIV0]");
		break;
	default:
		strbuf__puts(b, "[FAULT ");
		strbuf__hex(b, v->fault_addr);
		strbuf__putc(b, ']');
	}
}
