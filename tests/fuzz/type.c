// SPDX-License-Identifier: BSD-2-Clause
/*
 * Arbitrary text as a typed tree, over any function of the fixture or none. The first byte chooses
 * the function, the second whether there is a call, its return value, and symbols.
 */
#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "asm/expr.h"
#include "asm/parse.h"
#include "asm/typer.h"
#include "base/diag.h"
#include "base/macros.h"
#include "base/strbuf.h"
#include "btf/proto.h"
#include "btf/types.h"

#define FUNCS_MAX 64

#define NO_CALL 1
#define NO_RETVAL 2
#define NO_SYMBOLS 4

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t sz);

static struct types *types;
static struct arg_layout layouts[FUNCS_MAX];
static unsigned int layout_cnt;

/* In the table with a type, in it without one (the fixture has none), of no type, and hidden. */
static int find_symbol(void *ctx, const char *name, __u64 *ret_addr)
{
	static const char *const known[] = { "init_task", "jiffies", "init_user_ns", "my_hits",
					     "runqueues" };

	(void)ctx;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (!strcmp(known[i], name)) {
			*ret_addr = 0xffffffff82000000 + 4096 * i;
			return 0;
		}
	return strcmp(name, "secret") ? -ENOENT : -EPERM;
}

/* The last one is of a function without BTF. */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct proto p;

	(void)argc, (void)argv;
	if (types__load(FIXTURE_BTF, NULL, "vmlinux", &types))
		abort();
	for (__u32 id = 1; id < types__cnt(types) && layout_cnt < FUNCS_MAX - 1; id++)
		if (types__kind(types, id) == BTF_KIND_FUNC && !proto__load(types, id, &p) &&
		    !arg_layout__init(types, &p, &layouts[layout_cnt]))
			layout_cnt++;
	arg_layout__init_raw(&layouts[layout_cnt++]);
	return 0;
}

static void check_typed(const struct typed *e)
{
	if (!e)
		return;
	assert((unsigned int)e->kind < TYPED_CNT && e->rep.bits <= 64 && e->bit_sz <= 64);
	check_typed(e->a);
	check_typed(e->b);
	check_typed(e->c);
}

static void check_entries(const struct typer *t)
{
	assert(t->entry_cnt <= TYPER_ENTRY_MAX && (!t->entry_cnt || t->uses_exit));
	assert(t->env->has_retval || (!t->uses_exit && !t->uses_retval));
	for (unsigned int i = 0; i < t->entry_cnt; i++)
		check_typed(t->entries[i]);
}

static void type(struct typer *t)
{
	struct parse_names names = { .is_type = type__is_type, .ctx = t };
	struct strbuf b __strbuf = STRBUF_INIT;
	struct typed *e = NULL;
	struct node *n;
	int err = parse__expr(t->text, &names, t->arena, &n, t->diag);

	if (!err) {
		e = type__node(t, n);
		err = t->err;
	}
	assert(!e == !!err);
	if (err) {
		assert(*t->diag->msg && t->diag->off + t->diag->len <= strlen(t->text));
		return;
	}
	/* What $comm and $ctx consist of is written elsewhere. */
	assert(e->text_off + e->text_len <= strlen(t->text));
	check_typed(e);
	check_entries(t);
	typed__put(&b, types, e);
	assert(b.len && !b.err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t sz)
{
	static const struct expr_symbols symbols = { .find = find_symbol };
	struct arena arena = ARENA_INIT;
	struct diag diag = { 0 };
	struct expr_env env = { .types = types };
	struct typer t = { .env = &env, .types = types, .arena = &arena, .diag = &diag };
	char *text;

	if (sz < 2)
		return 0;
	text = strndup((const char *)data + 2, sz - 2);
	if (!text)
		return 0;
	env.layout = data[1] & NO_CALL ? NULL : &layouts[data[0] % layout_cnt];
	env.has_retval = !(data[1] & (NO_CALL | NO_RETVAL));
	env.symbols = data[1] & NO_SYMBOLS ? NULL : &symbols;
	t.text = text;
	type(&t);
	arena__fini(&arena);
	free(text);
	return 0;
}
