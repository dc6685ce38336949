// SPDX-License-Identifier: BSD-2-Clause
#include "lib/bpf_progs.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/diag.h"
#include "base/fs.h"
#include "base/macros.h"
#include "btf/types.h"
#include "lib/prog_calls.h"
#include "lib/prog_types.h"

#define OWN_FDINFO "/proc/self/fdinfo"

static void prog_free(struct prog *prog)
{
	if (!prog)
		return;
	if (prog->fd >= 0)
		close(prog->fd);
	free(prog->funcs);
	free(prog);
}

DEFINE_CLEANUP(struct prog *, cleanup_prog, prog_free)

int progs__init(const struct types *vmlinux, struct progs *ret)
{
	int err = prog_ids__of_dir(OWN_FDINFO, &ret->own);

	ret->vmlinux = vmlinux;
	ret->tail_call_bug = TAIL_CALL_BUG_UNKNOWN;
	ret->nests = PROG_NESTS_UNKNOWN;
	return err == -ENOMEM ? err : 0;
}

void progs__fini(struct progs *p)
{
	vec_each (&p->list, it)
		prog_free(*it);
	vec_each (&p->graphs, g)
		types__free(g->types);
	vec_free(&p->list);
	vec_free(&p->graphs);
	prog_ids__fini(&p->own);
}

/* ---- one program ---- */

static int get_info(int fd, struct bpf_prog_info *info)
{
	__u32 len = sizeof(*info);

	return bpf_obj_get_info_by_fd(fd, info, &len) ? -errno : 0;
}

static int read_btf(__u32 btf_id, void **ret, __u32 *ret_sz)
{
	__close int fd = bpf_btf_get_fd_by_id(btf_id);
	struct bpf_btf_info info = { 0 };
	__free void *data = NULL;
	__u32 len = sizeof(info);

	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	data = malloc(info.btf_size + 1);
	if (!data)
		return -ENOMEM;
	info = (struct bpf_btf_info){ .btf = (__u64)(unsigned long)data,
				      .btf_size = info.btf_size };
	len = sizeof(info);
	if (bpf_obj_get_info_by_fd(fd, &info, &len))
		return -errno;
	*ret_sz = info.btf_size;
	*ret = take_ptr(data);
	return 0;
}

/* The program's graph, made on first use. */
static int get_graph(struct progs *p, const struct prog *prog, struct prog_graph *ret)
{
	struct prog_graph g = { .btf_id = prog->btf_id, .prog_type = prog->type };
	struct prog_ctx ctx;
	__free void *data = NULL;
	__u32 sz;
	int err;

	vec_each (&p->graphs, it)
		if (it->btf_id == prog->btf_id && it->prog_type == prog->type) {
			*ret = *it;
			return 0;
		}
	err = read_btf(prog->btf_id, &data, &sz);
	if (!err)
		err = prog_types__new(data, sz, p->vmlinux, prog->type, prog->name, &g.types);
	if (err)
		return err;
	if (!prog_ctx__find(p->vmlinux, prog->type, &ctx))
		g.ctx_id = ctx.kern_id;
	if (vec_push(&p->graphs, g)) {
		types__free(g.types);
		return -ENOMEM;
	}
	*ret = g;
	return 0;
}

/* What jumps to other programs. Instructions that cannot be had: everything may. */
static int find_tail_calls(struct prog *prog, __u32 len)
{
	struct bpf_prog_info info = { .xlated_prog_len = len };
	__free struct bpf_insn *insns = calloc(1, len + 1);
	__free __u32 *starts = calloc(prog->func_cnt, sizeof(*starts));
	__free bool *marks = calloc(prog->func_cnt, sizeof(*marks));

	if (!insns || !starts || !marks)
		return -ENOMEM;
	info.xlated_prog_insns = (__u64)(unsigned long)insns;
	for (size_t i = 0; i < prog->func_cnt; i++)
		starts[i] = prog->funcs[i].start;
	if (!len || get_info(prog->fd, &info) || !info.xlated_prog_insns) {
		memset(marks, true, prog->func_cnt);
	} else {
		struct prog_code code = { insns, MIN(len, info.xlated_prog_len) / sizeof(*insns),
					  starts, prog->func_cnt };

		prog_calls__tail(&code, marks);
	}
	for (size_t i = 0; i < prog->func_cnt; i++)
		prog->funcs[i].tail_calls = marks[i];
	return 0;
}

/* Records of func_info may be longer than ours in later kernels. */
static int read_funcs(struct prog *prog, const struct bpf_prog_info *known)
{
	struct bpf_prog_info info = {
		.nr_func_info = known->nr_func_info,
		.func_info_rec_size = known->func_info_rec_size,
	};
	__u32 rec_sz = known->func_info_rec_size, cnt = known->nr_func_info;
	__free char *recs = calloc(cnt, rec_sz);
	int err;

	if (!recs)
		return -ENOMEM;
	info.func_info = (__u64)(unsigned long)recs;
	err = get_info(prog->fd, &info);
	if (err)
		return err;
	prog->funcs = calloc(cnt, sizeof(*prog->funcs));
	if (!prog->funcs)
		return -ENOMEM;
	for (__u32 i = 0; i < MIN(cnt, info.nr_func_info); i++) {
		const struct bpf_func_info *rec = (const void *)(recs + (size_t)i * rec_sz);
		__u32 id = types__first(prog->types) + rec->type_id - 1;

		prog->funcs[prog->func_cnt++] = (struct prog_func){
			.name = types__name_of(prog->types, id),
			.type_id = id,
			.start = rec->insn_off,
		};
	}
	return 0;
}

/* Names and functions, which come from BTF; without it there are none. */
static int read_types(struct progs *p, struct prog *prog, const struct bpf_prog_info *info)
{
	struct prog_graph g;
	int err;

	if (!info->btf_id || !info->nr_func_info ||
	    info->func_info_rec_size < sizeof(struct bpf_func_info))
		return 0;
	err = get_graph(p, prog, &g);
	if (err)
		return err;
	prog->types = g.types;
	prog->ctx_id = g.ctx_id;
	err = read_funcs(prog, info);
	if (!err)
		err = find_tail_calls(prog, info->xlated_prog_len);
	return err;
}

static int load_prog(struct progs *p, int fd, const struct bpf_prog_info *info, struct prog **ret)
{
	struct prog *prog __cleanup(cleanup_prog) = calloc(1, sizeof(*prog));
	int err;

	if (!prog)
		return -ENOMEM;
	prog->fd = -1;
	prog->id = info->id;
	prog->type = info->type;
	prog->btf_id = info->btf_id;
	prog->jited = info->jited_prog_len;
	memcpy(prog->tag, info->tag, sizeof(prog->tag));
	snprintf(prog->name, sizeof(prog->name), "%s", info->name);
	prog->fd = dup(fd);
	if (prog->fd < 0)
		return -errno;
	err = read_types(p, prog, info);
	if (!err)
		err = vec_push(&p->list, prog);
	if (err)
		return err;
	*ret = take_ptr(prog);
	return 0;
}

/* The program behind a descriptor; NULL: it is our own. */
static int get_prog(struct progs *p, int fd, struct prog **ret)
{
	struct bpf_prog_info info = { 0 };
	int err = get_info(fd, &info);

	*ret = NULL;
	if (err || prog_ids__has(&p->own, info.id))
		return err;
	vec_each (&p->list, it)
		if ((*it)->id == info.id) {
			*ret = *it;
			return 0;
		}
	return load_prog(p, fd, &info, ret);
}

/* ---- queries ---- */

static bool has_name(const struct prog *prog, const struct progs_query *q)
{
	return (prog->func_cnt && q->matches(q->name, prog->funcs[0].name)) ||
	       q->matches(q->name, prog->name);
}

static bool is_wanted(const struct prog *prog, const struct progs_query *q)
{
	if (q->by == PROGS_TAG)
		return !memcmp(prog->tag, q->tag, sizeof(q->tag));
	return q->by != PROGS_NAME || has_name(prog, q);
}

/* Add the program of an id; one that has gone is passed over. */
static int add_id(struct progs *p, const struct progs_query *q, __u32 id, struct progs_found *ret)
{
	__close int fd = bpf_prog_get_fd_by_id(id);
	struct prog *prog;
	int err;

	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	err = get_prog(p, fd, &prog);
	if (err || !prog || !is_wanted(prog, q))
		return err;
	return vec_push(&ret->list, prog);
}

static int add_all(struct progs *p, const struct progs_query *q, struct progs_found *ret)
{
	__u32 id = 0;
	int err = 0;

	while (!err) {
		if (bpf_prog_get_next_id(id, &id))
			return errno == ENOENT ? 0 : -errno;
		err = add_id(p, q, id, ret);
	}
	return err;
}

static int add_of_process(struct progs *p, const struct progs_query *q, struct progs_found *ret)
{
	struct prog_ids ids __cleanup(prog_ids__fini) = { 0 };
	char dir[64];
	int err;

	snprintf(dir, sizeof(dir), "/proc/%u/fdinfo", q->number);
	err = prog_ids__of_dir(dir, &ids);
	for (size_t i = 0; !err && i < ids.list.cnt; i++)
		err = add_id(p, q, ids.list.items[i], ret);
	return err;
}

/* The program that a descriptor is, or that a link behind it has. */
static int id_of_fd(int fd, __u32 *ret)
{
	__free char *text = NULL;
	char path[64];
	int err;

	snprintf(path, sizeof(path), OWN_FDINFO "/%d", fd);
	err = fs__read(path, &text, NULL);
	if (err)
		return err;
	return prog_ids__in_fdinfo(text, ret) ? 0 : -EINVAL;
}

static int add_pinned(struct progs *p, const struct progs_query *q, struct progs_found *ret)
{
	__close int fd = bpf_obj_get(q->path);
	__u32 id;
	int err;

	if (fd < 0)
		return -errno;
	err = id_of_fd(fd, &id);
	return err ? err : add_id(p, q, id, ret);
}

static int add_one(struct progs *p, const struct progs_query *q, struct progs_found *ret)
{
	size_t before = ret->list.cnt;
	int err = add_id(p, q, q->number, ret);

	return err || ret->list.cnt > before ? err : -ENOENT;
}

static int (*const finders[])(struct progs *p, const struct progs_query *q,
			      struct progs_found *ret) = {
	[PROGS_ALL] = add_all, [PROGS_ID] = add_one,   [PROGS_PINNED] = add_pinned,
	[PROGS_TAG] = add_all, [PROGS_NAME] = add_all, [PROGS_PID] = add_of_process,
};

static void explain(const struct progs_query *q, int err, struct diag *diag)
{
	bool gone = err == -ENOENT;

	if (err == -EPERM && q->by != PROGS_PINNED)
		diag__set(diag, 0, 0,
			  "cannot look at BPF programs: CAP_SYS_ADMIN is missing; run as root");
	else if (q->by == PROGS_ID && gone)
		diag__set(diag, 0, 0, "no BPF program has id %u; `bpftool prog` lists them",
			  q->number);
	else if (q->by == PROGS_PINNED && err == -EINVAL)
		diag__set(diag, 0, 0, "%.100s is no BPF program and no link of one", q->path);
	else if (q->by == PROGS_PINNED)
		diag__set(diag, 0, 0, "no BPF program at %.100s: %s", q->path, strerror(-err));
	else if (q->by == PROGS_PID)
		diag__set(diag, 0, 0, "no BPF programs of process %u: %s", q->number,
			  gone ? "there is no such process" : strerror(-err));
	else
		diag__set(diag, 0, 0, "cannot look at BPF programs: %s", strerror(-err));
}

int progs__find(struct progs *p, const struct progs_query *q, struct progs_found *ret,
		struct diag *diag)
{
	int err = finders[q->by](p, q, ret);

	if (err && err != -ENOMEM)
		explain(q, err, diag);
	return err;
}
