// SPDX-License-Identifier: BSD-2-Clause
#include "tests/golden/expr_world.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/macros.h"
#include "btf/member.h"
#include "btf/typename.h"
#include "tests/sim/btf_walk.h"

#define WORD_MAX 160

static int find_symbol(void *ctx, const char *name, __u64 *ret_addr)
{
	const struct world *w = ctx;

	for (size_t i = 0; i < w->symbol_cnt; i++)
		if (!strcmp(w->symbols[i].name, name)) {
			if (w->symbols[i].hidden)
				return -EPERM;
			*ret_addr = w->symbols[i].addr;
			return 0;
		}
	return -ENOENT;
}

int world__init(struct world *w)
{
	memset(w, 0, sizeof(*w));
	w->find = (struct expr_symbols){ find_symbol, w };
	w->cpu_cnt = 1;
	return types__load(FIXTURE_BTF, NULL, "fixture", &w->types);
}

void world__fini(struct world *w)
{
	for (size_t i = 0; i < w->cnt; i++)
		free(w->objects[i].bytes);
	types__free(w->types);
	memset(w, 0, sizeof(*w));
}

struct object *world__find(struct world *w, const char *name)
{
	for (size_t i = 0; i < w->cnt; i++)
		if (!strcmp(w->objects[i].name, name))
			return &w->objects[i];
	return NULL;
}

static bool is_struct(const struct types *t, __u32 id)
{
	unsigned int kind = types__kind(t, types__strip(t, id));

	return kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION;
}

/* The kernel's pointers without a type of their own have their object's. */
static enum sim_val verify(const struct sim_mem *m, size_t off, size_t sz)
{
	const struct object *o = m->load_ctx;
	__u32 pointee;

	return sim_walk(o->types, types__strip(o->types, o->type_id), off, sz, &pointee);
}

void world__map(struct world *w, struct sim *s)
{
	for (size_t i = 0; i < w->cnt; i++) {
		struct object *o = &w->objects[i];

		sim__add_mem(s, o->user ? SIM_USER : SIM_KERN, o->addr, o->bytes, o->sz);
		if (!o->type_id)
			continue; /* of no type: a typed load yields what its use demands */
		s->mems[s->mem_cnt - 1].load = verify;
		s->mems[s->mem_cnt - 1].load_ctx = o;
	}
	s->types = w->types;
	s->now_ns = w->values.now_ns;
	s->pid_tgid = w->values.pid_tgid;
	s->uid_gid = w->values.uid_gid;
	s->cgroup_id = w->values.cgroup_id;
	s->func_ip = w->values.func_ip;
	s->cpu = w->values.cpu;
	s->cpu_cnt = w->cpu_cnt;
	memcpy(s->percpu, w->percpu, sizeof(s->percpu));
	s->percpu_cnt = w->percpu_cnt;
	s->current = w->current ? w->current->addr : 0;
	s->current_id = w->current ? types__strip(w->types, w->current->type_id) : 0;
}

static int wrong(char *why, size_t sz, const char *what, const char *text)
{
	snprintf(why, sz, "%s: '%s'", what, text);
	return -EINVAL;
}

static int parse_value(struct world *w, const char *s, __u64 *ret)
{
	char name[32] = "";
	struct object *o;
	unsigned int off = 0;
	char *end;

	if (*s != '&') {
		*ret = *s == '-' ? (__u64)strtoll(s, &end, 0) : strtoull(s, &end, 0);
		return *s && !*end ? 0 : -EINVAL;
	}
	if (sscanf(s, "&%31[a-z0-9_]+%u", name, &off) < 1)
		return -EINVAL;
	o = world__find(w, name);
	*ret = o ? o->addr + off : 0;
	return o ? 0 : -EINVAL;
}

static int add_object(struct world *w, const char *line, bool user, char *why, size_t sz)
{
	struct object o = { .user = user, .types = w->types };
	char type[WORD_MAX], *addr;
	long size;
	int id;

	addr = sscanf(line, "%31s %159[^\t]", o.name, type) == 2 ? strrchr(type, ' ') : NULL;
	if (!addr)
		return wrong(why, sz, "NAME TYPE ADDR wanted", line);
	*addr++ = '\0';
	id = typename__find(w->types, type);
	size = id < 0 ? -1 : types__size(w->types, (__u32)id);
	if (size <= 0 || w->cnt == WORLD_OBJECTS || world__find(w, o.name))
		return wrong(why, sz, "type or name", line);
	o.type_id = (__u32)id;
	o.sz = (size_t)size;
	o.addr = strtoull(addr, NULL, 0);
	o.bytes = calloc(1, o.sz);
	if (!o.bytes)
		return -ENOMEM;
	w->objects[w->cnt++] = o;
	return 0;
}

/* A place inside an object. */
struct spot {
	struct object *o;
	__u32 id;
	__u64 bit_off;
	unsigned int bit_sz;
};

static int step_member(struct world *w, struct spot *at, const char *name)
{
	struct member m;
	int err = member__find(w->types, at->id, name, &m);

	if (err)
		return err;
	at->id = m.type_id;
	at->bit_off += m.bit_off;
	at->bit_sz = m.bit_sz;
	return 0;
}

static int step_index(struct world *w, struct spot *at, unsigned int i)
{
	const struct btf_type *bt = types__at(w->types, types__strip(w->types, at->id));
	const struct btf_array *a = btft_tail(bt);
	long esz;

	if (btft_kind(bt) != BTF_KIND_ARRAY)
		return -EINVAL;
	at->id = a->type;
	esz = types__size(w->types, at->id);
	at->bit_off += (__u64)esz * 8 * i;
	return 0;
}

/* NAME { .MEMBER | [INDEX] } */
static int parse_path(struct world *w, const char *path, struct spot *ret)
{
	char word[WORD_MAX];
	unsigned int i;
	int n = 0, err = 0;

	if (sscanf(path, "%159[a-z0-9_]%n", word, &n) != 1)
		return -EINVAL;
	ret->o = world__find(w, word);
	if (!ret->o)
		return -ENOENT;
	ret->id = ret->o->type_id;
	for (path += n; *path && !err; path += n) {
		if (sscanf(path, ".%159[a-zA-Z0-9_]%n", word, &n) == 1)
			err = step_member(w, ret, word);
		else if (sscanf(path, "[%u]%n", &i, &n) == 1)
			err = step_index(w, ret, i);
		else
			err = -EINVAL;
	}
	return err;
}

static void put_bits(struct object *o, __u64 bit_off, unsigned int bits, __u64 v)
{
	for (unsigned int i = 0; i < bits; i++) {
		unsigned char *byte = &o->bytes[(bit_off + i) / 8], mask = 1 << (bit_off + i) % 8;

		*byte = (v >> i & 1) ? *byte | mask : *byte & ~mask;
	}
}

static __u64 get_bits(const struct object *o, __u64 bit_off, unsigned int bits)
{
	__u64 v = 0;

	for (unsigned int i = 0; i < bits; i++)
		v |= (__u64)(o->bytes[(bit_off + i) / 8] >> (bit_off + i) % 8 & 1) << i;
	return v;
}

void world__swap_later(struct world *w)
{
	for (size_t i = 0; i < w->later_cnt; i++) {
		struct later *l = &w->later[i];
		__u64 was = get_bits(l->o, l->bit_off, l->bits);

		put_bits(l->o, l->bit_off, l->bits, l->v);
		l->v = was;
	}
}

static int add_later(struct world *w, const char *line, char *why, size_t sz)
{
	char path[WORD_MAX], value[WORD_MAX];
	struct spot at = { 0 };
	struct later *l;
	long size;

	if (w->later_cnt == WORLD_LATER || sscanf(line, "%159s %159s", path, value) != 2 ||
	    parse_path(w, path, &at))
		return wrong(why, sz, "no such place", line);
	l = &w->later[w->later_cnt];
	size = types__size(w->types, at.id);
	if (parse_value(w, value, &l->v) || size > 8 || size < 1)
		return wrong(why, sz, "value", line);
	l->o = at.o;
	l->bit_off = at.bit_off;
	l->bits = at.bit_sz ? at.bit_sz : (unsigned int)size * 8;
	w->later_cnt++;
	return 0;
}

static int set_value(struct world *w, const char *line, char *why, size_t sz)
{
	char path[WORD_MAX], value[WORD_MAX];
	struct spot at = { 0 };
	long size;
	__u64 v;

	if (sscanf(line, "%159s %159[^\n]", path, value) != 2 || parse_path(w, path, &at))
		return wrong(why, sz, "no such place", line);
	size = types__size(w->types, at.id);
	if (*value == '"') {
		value[strlen(value) - 1] = '\0';
		if (size < (long)strlen(value + 1))
			return wrong(why, sz, "text too long", line);
		memcpy(at.o->bytes + at.bit_off / 8, value + 1, strlen(value + 1));
		return 0;
	}
	if (parse_value(w, value, &v) || size > 8 || size < 1)
		return wrong(why, sz, "value", line);
	put_bits(at.o, at.bit_off, at.bit_sz ? at.bit_sz : (unsigned int)size * 8, v);
	return 0;
}

static int set_arg(struct world *w, char *word)
{
	char *eq = strchr(word, '=');
	__u64 v, second = 0;
	char *comma;

	if (!eq)
		return -EINVAL;
	*eq++ = '\0';
	comma = strchr(eq, ',');
	if (comma) {
		*comma++ = '\0';
		if (parse_value(w, comma, &second))
			return -EINVAL;
	}
	if (parse_value(w, eq, &v))
		return -EINVAL;
	if (!strcmp(word, "retval")) {
		w->ret[0] = v;
		w->ret[1] = second;
		return 0;
	}
	for (unsigned int i = 0; i < w->layout.cnt; i++)
		if (!strcmp(w->layout.args[i].name, word)) {
			w->slots[w->layout.args[i].slot] = v;
			if (w->layout.args[i].slots > 1)
				w->slots[w->layout.args[i].slot + 1] = second;
			return 0;
		}
	return -ENOENT;
}

static int set_func(struct world *w, const char *line, bool raw, char *why, size_t sz)
{
	char text[512], *save, *word;
	int id;

	snprintf(text, sizeof(text), "%s", line);
	word = strtok_r(text, " ", &save);
	memset(w->slots, 0, sizeof(w->slots));
	memset(w->ret, 0, sizeof(w->ret));
	w->later_cnt = 0;
	if (raw) {
		arg_layout__init_raw(&w->layout);
		w->layout.types = w->types;
	} else {
		id = word ? types__find(w->types, word, BTF_KIND_FUNC) : -ENOENT;
		if (id < 0 || proto__load(w->types, (__u32)id, &w->proto) ||
		    arg_layout__init(w->types, &w->proto, &w->layout))
			return wrong(why, sz, "no such function", line);
		word = strtok_r(NULL, " ", &save);
	}
	for (; word; word = strtok_r(NULL, " ", &save))
		if (set_arg(w, word))
			return wrong(why, sz, "argument", word);
	w->has_func = true;
	return 0;
}

static int add_kernel_object(struct world *w, const char *line, char *why, size_t sz)
{
	return add_object(w, line, false, why, sz);
}

static int add_user_object(struct world *w, const char *line, char *why, size_t sz)
{
	return add_object(w, line, true, why, sz);
}

static int set_btf_func(struct world *w, const char *line, char *why, size_t sz)
{
	return set_func(w, line, false, why, sz);
}

static int set_raw_func(struct world *w, const char *line, char *why, size_t sz)
{
	return set_func(w, line, true, why, sz);
}

static int add_symbol(struct world *w, const char *line, char *why, size_t sz)
{
	struct symbol s = { 0 };
	char value[WORD_MAX];

	if (w->symbol_cnt == WORLD_SYMBOLS || sscanf(line, "%31s %159s", s.name, value) != 2)
		return wrong(why, sz, "NAME VALUE wanted", line);
	s.hidden = !strcmp(value, "hidden");
	if (!s.hidden && parse_value(w, value, &s.addr))
		return wrong(why, sz, "NAME VALUE wanted", line);
	w->symbols[w->symbol_cnt++] = s;
	return 0;
}

/* The objects of @names, one for each CPU; every variable is on as many. */
static int add_cpus(struct world *w, char *names, struct sim_percpu *p)
{
	unsigned int cnt = 0;
	char *save, *name;

	for (name = strtok_r(names, " ", &save); name; name = strtok_r(NULL, " ", &save)) {
		const struct object *o = world__find(w, name);

		if (!o || cnt == SIM_CPU_MAX)
			return -EINVAL;
		p->addr[cnt++] = o->addr;
	}
	if (!cnt || (w->percpu_cnt && cnt != w->cpu_cnt))
		return -EINVAL;
	w->cpu_cnt = cnt;
	return 0;
}

static int add_percpu(struct world *w, const char *line, char *why, size_t sz)
{
	struct sim_percpu p = { 0 };
	char name[WORD_MAX], objects[WORD_MAX];
	long size;
	int id;

	if (w->percpu_cnt == SIM_PERCPU_MAX ||
	    sscanf(line, "%159s %159[^\n]", name, objects) != 2 || add_cpus(w, objects, &p))
		return wrong(why, sz, "NAME OBJECT... wanted", line);
	id = types__find(w->types, name, BTF_KIND_VAR);
	if (id < 0)
		return wrong(why, sz, "no such variable", name);
	p.var_id = (__u32)id;
	p.struct_id = types__at(w->types, p.var_id)->type;
	p.is_struct = is_struct(w->types, p.struct_id);
	size = types__size(w->types, p.struct_id);
	p.sz = size > 0 ? (size_t)size : 0;
	w->percpu[w->percpu_cnt++] = p;
	return 0;
}

static int set_current(struct world *w, const char *line, char *why, size_t sz)
{
	w->current = world__find(w, line);
	return w->current ? 0 : wrong(why, sz, "no such object", line);
}

#define FIELD(name)                                                                                \
	{                                                                                          \
#name, offsetof(struct world_values, name)                                         \
	}
static const struct {
	const char *name;
	size_t off;
} fields[] = {
	FIELD(now_ns),  FIELD(pid_tgid), FIELD(uid_gid), FIELD(cgroup_id),
	FIELD(func_ip), FIELD(cpu),      FIELD(ts_ns),   FIELD(dur_ns),
};
static_assert(ARRAY_SIZE(fields) * 8 == sizeof(struct world_values), "one row per field");

static int set_field(struct world *w, const char *line, char *why, size_t sz)
{
	char name[WORD_MAX], value[WORD_MAX];
	__u64 v;

	if (sscanf(line, "%159s %159s", name, value) != 2 || parse_value(w, value, &v))
		return wrong(why, sz, "FIELD VALUE wanted", line);
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (!strcmp(fields[i].name, name)) {
			memcpy((char *)&w->values + fields[i].off, &v, sizeof(v));
			return 0;
		}
	return wrong(why, sz, "no such field", name);
}

static const struct {
	const char *prefix;
	int (*run)(struct world *w, const char *line, char *why, size_t sz);
} lines[] = {
	{ "object ", add_kernel_object }, { "user ", add_user_object }, { "set ", set_value },
	{ "func ", set_btf_func },        { "raw ", set_raw_func },     { "symbol ", add_symbol },
	{ "percpu ", add_percpu },        { "current ", set_current },  { "value ", set_field },
	{ "later ", add_later },
};

int world__line(struct world *w, const char *line, char *why, size_t why_sz)
{
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		size_t len = strlen(lines[i].prefix);

		if (!strncmp(line, lines[i].prefix, len))
			return lines[i].run(w, line + len, why, why_sz);
	}
	return -ENOENT;
}

__u64 world__normal(const struct world *w, int arg, unsigned int slot)
{
	const struct arg *a = arg < 0 ? NULL : &w->layout.args[arg];
	__u64 v = a ? w->slots[a->slot + slot] : w->ret[slot];
	__u32 size = a ? a->size : w->layout.ret_size;
	bool is_signed = a ? a->is_signed : w->layout.ret_signed;
	unsigned int gap;

	if (size <= slot * 8)
		return 0;
	if (size - slot * 8 >= 8)
		return v;
	gap = 64 - 8 * (size - slot * 8);
	if (a ? a->is_bool : w->layout.ret_bool)
		return (v & 0xff) != 0;
	return is_signed ? (__u64)((__s64)(v << gap) >> gap) : v << gap >> gap;
}
