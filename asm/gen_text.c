// SPDX-License-Identifier: BSD-2-Clause
/* Characters in memory compared with text, in words as large as they can be. */
#include "asm/gen.h"

#include <errno.h>
#include <string.h>

#include "base/macros.h"

/* Bytes [at, at + len) of the characters, of which the first @cnt count. */
struct word {
	unsigned int at, len, cnt;
};

/* How many characters decide; more than the array has never compare equal. */
static unsigned int needed(const struct typed_text *t)
{
	unsigned int need = t->len + !t->prefix;

	return MAX(t->bound ? MIN(need, t->bound) : need, 1U);
}

static bool never_equal(const struct typed_text *t)
{
	return t->bound && t->len > t->bound;
}

/* The word at @at: a longer one than is needed where the array has room for it. */
static struct word word_at(unsigned int at, unsigned int need, unsigned int room)
{
	struct word w = { .at = at, .len = 8, .cnt = MIN(need - at, 8U) };

	while (w.len > 1 && (w.at + w.len > room || w.len / 2 >= w.cnt))
		w.len /= 2;
	w.cnt = MIN(w.cnt, w.len);
	return w;
}

/* What the word's bytes must be, shifted so that those that do not count are gone. */
static __u64 wanted(const struct typed_text *t, const struct word *w)
{
	__u64 v = 0;

	for (unsigned int i = 0; i < w->cnt; i++)
		if (w->at + i < t->len)
			v |= (__u64)(unsigned char)t->s[w->at + i] << 8 * i;
	return v << 8 * (w->len - w->cnt);
}

/* Go to @differs unless the word in @reg is as wanted; clobbers @reg and @other. */
static void compare(struct gen *g, const struct typed_text *t, const struct word *w, int reg,
		    int other, label_t differs)
{
	__u64 want = wanted(t, w);
	unsigned int drop = 8 * (w->len - w->cnt);

	if (!t->len && t->prefix)
		return;
	if (drop)
		insns__alu_imm(g->c, BPF_LSH, w->len == 8 ? 64 : 32, reg, (__s32)drop);
	if (w->len < 8) {
		insns__jcc_imm(g->c, BPF_JNE, 32, reg, (__s32)want, differs);
		return;
	}
	insns__imm64(g->c, other, want);
	insns__jcc(g->c, BPF_JNE, 64, reg, other, differs);
}

/* Through a typed pointer: a word that is 0 may have faulted. */
static void compare_plain(struct gen *g, const struct typed *e, enum load_how how, label_t differs)
{
	const struct typed *addr = e->a;
	unsigned int need = needed(&e->text);
	int base = gen__base(g, addr->a, how, BPF_REG_2);

	for (struct word w = { 0 }; w.at + w.cnt < need;) {
		w = word_at(w.at + w.cnt, need, e->text.bound);
		insns__ldx(g->c, (int)w.len, BPF_REG_2, base, addr->off + w.at);
		g->again_used = true;
		insns__jcc_imm(g->c, BPF_JEQ, 64, BPF_REG_2, 0, g->again);
		compare(g, &e->text, &w, BPF_REG_2, BPF_REG_3, differs);
	}
}

/* Into the frame. Behind a pointer the text may be shorter than what it is compared with. */
static void read_chars(struct gen *g, const struct typed *e, int buf, label_t differs)
{
	const struct typed_text *t = &e->text;
	bool str = !t->bound;
	int size = str ? (int)(t->len + 1 + !t->prefix) : (int)needed(t);

	gen__pointer(g, e->a, BPF_REG_3);
	insns__mov(g->c, BPF_REG_1, BPF_REG_10);
	insns__alu_imm(g->c, BPF_ADD, 64, BPF_REG_1, buf);
	g->user = gen__is_user(e->a);
	gen__read(g, size, str ? BPF_FUNC_probe_read_kernel_str : BPF_FUNC_probe_read_kernel,
		  str ? BPF_FUNC_probe_read_user_str : BPF_FUNC_probe_read_user);
	g->user = false;
	gen__fault_if(g, str ? BPF_JSLT : BPF_JNE, BPF_REG_0, 0);
	if (str)
		insns__jcc_imm(g->c, BPF_JNE, 64, BPF_REG_0, (__s32)t->len + 1, differs);
}

/* r0 = 0, or out to the fault: all of an array into the shared words, unless it is there. */
static void read_shared(struct gen *g, const struct typed *e, struct memo_item *it)
{
	label_t have = insns__label(g->c);

	if (it->filled) {
		gen__memo(g, it, BPF_REG_1);
		insns__ldx(g->c, 8, BPF_REG_1, BPF_REG_1, 0);
		insns__jcc_imm(g->c, BPF_JNE, 64, BPF_REG_1, 0, have);
	}
	gen__pointer(g, e->a, BPF_REG_3);
	gen__memo(g, it, BPF_REG_1);
	insns__alu_imm(g->c, BPF_ADD, 64, BPF_REG_1, 8);
	g->user = gen__is_user(e->a);
	gen__read(g, (int)it->size, BPF_FUNC_probe_read_kernel, BPF_FUNC_probe_read_user);
	g->user = false;
	gen__fault_if(g, BPF_JNE, BPF_REG_0, 0);
	gen__memo(g, it, BPF_REG_1);
	insns__st(g->c, 8, BPF_REG_1, 0, 1);
	it->filled = true;
	insns__bind(g->c, have);
}

static void compare_shared(struct gen *g, const struct typed *e, struct memo_item *it,
			   label_t differs)
{
	unsigned int need = needed(&e->text);

	read_shared(g, e, it);
	gen__memo(g, it, BPF_REG_3);
	for (struct word w = { 0 }; w.at + w.cnt < need;) {
		w = word_at(w.at + w.cnt, need, it->size);
		insns__ldx(g->c, (int)w.len, BPF_REG_1, BPF_REG_3, 8L + w.at);
		compare(g, &e->text, &w, BPF_REG_1, BPF_REG_2, differs);
	}
}

static void compare_probe(struct gen *g, const struct typed *e, label_t differs)
{
	unsigned int need = e->text.bound ? needed(&e->text) : e->text.len;
	int was = g->temp, buf = gen__frame(g, (int)MAX(e->text.len + 2, need));

	read_chars(g, e, buf, differs);
	for (struct word w = { 0 }; w.at + w.cnt < need;) {
		w = word_at(w.at + w.cnt, need, need);
		insns__ldx(g->c, (int)w.len, BPF_REG_1, BPF_REG_10, buf + (long)w.at);
		compare(g, &e->text, &w, BPF_REG_1, BPF_REG_2, differs);
	}
	g->temp = was;
}

enum load_how gen__text_how(const struct gen *g, const struct typed *e)
{
	const struct typed *addr = e->a;

	if (addr->kind != TYPED_ADDR || !addr->direct || !e->text.bound)
		return LOAD_PROBE;
	return gen__struct_how(g, addr->a, addr->off, e->text.bound);
}

void gen__text(struct gen *g, const struct typed *e, bool sense, label_t to)
{
	label_t out = insns__label(g->c), differs = sense ? out : to;
	enum load_how how = gen__text_how(g, e);
	struct memo_item *it = e->text.bound ? gen__shared(g, e->a, e->text.bound) : NULL;

	if (how != LOAD_PROBE)
		compare_plain(g, e, how, differs);
	else if (it)
		compare_shared(g, e, it, differs);
	else
		compare_probe(g, e, differs);
	if (never_equal(&e->text))
		insns__jmp(g->c, differs);
	if (sense)
		insns__jmp(g->c, to);
	insns__bind(g->c, out);
}
