// SPDX-License-Identifier: BSD-2-Clause
#include "lib/kernel_btf.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/vec.h"
#include "btf/types.h"

#define BTF_DIR "/sys/kernel/btf"

struct module {
	char *name;
	struct types *types;
	int fd;
};

struct kernel_btf {
	struct types *vmlinux;
	bool live;
	VEC(struct module *) modules; /* those whose graph or fd was asked for */
	VEC(char *) names;	      /* of all; the last item is NULL once listed */
};

DEFINE_CLEANUP(struct kernel_btf *, cleanup_kernel_btf, kernel_btf__free)

int kernel_btf__load(const char *path, struct kernel_btf **ret)
{
	struct kernel_btf *k __cleanup(cleanup_kernel_btf) = calloc(1, sizeof(*k));
	int err;

	if (!k)
		return -ENOMEM;
	k->live = !path;
	err = types__load(path ? path : KERNEL_BTF_PATH, NULL, "vmlinux", &k->vmlinux);
	if (err)
		return err;
	*ret = take_ptr(k);
	return 0;
}

static void module_free(struct module *m)
{
	types__free(m->types);
	if (m->fd >= 0)
		close(m->fd);
	free(m->name);
	free(m);
}

void kernel_btf__free(struct kernel_btf *k)
{
	if (!k)
		return;
	vec_each(&k->modules, m)
		module_free(*m);
	vec_each(&k->names, n)
		free(*n);
	vec_free(&k->modules);
	vec_free(&k->names);
	types__free(k->vmlinux);
	free(k);
}

const struct types *kernel_btf__vmlinux(const struct kernel_btf *k)
{
	return k->vmlinux;
}

bool kernel_btf__is_live(const struct kernel_btf *k)
{
	return k->live;
}

/* The module's object, made on first use. */
static int module_get(struct kernel_btf *k, const char *name, struct module **ret)
{
	struct module *m;

	vec_each(&k->modules, it)
		if (!strcmp((*it)->name, name)) {
			*ret = *it;
			return 0;
		}
	m = calloc(1, sizeof(*m));
	if (!m)
		return -ENOMEM;
	m->fd = -1;
	m->name = strdup(name);
	if (!m->name || vec_push(&k->modules, m)) {
		module_free(m);
		return -ENOMEM;
	}
	*ret = m;
	return 0;
}

int kernel_btf__module(struct kernel_btf *k, const char *module, const struct types **ret)
{
	__free char *path = NULL;
	struct module *m;
	int err;

	if (!k->live || strchr(module, '/'))
		return -ENOENT;
	if (asprintf(&path, BTF_DIR "/%s", module) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	if (access(path, R_OK))
		return -errno;
	err = module_get(k, module, &m);
	if (!err && !m->types)
		err = types__load(path, k->vmlinux, module, &m->types);
	if (err)
		return err;
	*ret = m->types;
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int list_modules(struct kernel_btf *k)
{
	__closedir DIR *dir = opendir(BTF_DIR);
	struct dirent *de;

	while (dir && (de = readdir(dir))) {
		char *name;

		if (de->d_name[0] == '.' || !strcmp(de->d_name, "vmlinux"))
			continue;
		name = strdup(de->d_name);
		if (!name || vec_push(&k->names, name)) {
			free(name);
			return -ENOMEM;
		}
	}
	if (k->names.cnt)
		qsort(k->names.items, k->names.cnt, sizeof(*k->names.items), by_name);
	return vec_push(&k->names, NULL);
}

const char *const *kernel_btf__modules(struct kernel_btf *k)
{
	static const char *const none[] = { NULL };

	if (!k->live)
		return none;
	if (!k->names.cnt && list_modules(k))
		return NULL;
	return (const char *const *)k->names.items;
}

int kernel_btf__find_func(struct kernel_btf *k, const char *name, const struct types **ret_types)
{
	const char *const *modules = kernel_btf__modules(k);

	for (; modules && *modules; modules++) {
		const struct types *t;
		int id;

		if (kernel_btf__module(k, *modules, &t))
			continue;
		id = types__find_own(t, name, BTF_KIND_FUNC, 0);
		if (id >= 0) {
			*ret_types = t;
			return id;
		}
	}
	return -ENOENT;
}

/* Whether the BTF object behind @fd is the kernel's own one called @name. */
static bool fd_is(int fd, const char *name)
{
	struct bpf_btf_info info = { 0 };
	char got[64] = "";
	__u32 len = sizeof(info);

	info.name = (__u64)(unsigned long)got;
	info.name_len = sizeof(got);
	return !bpf_obj_get_info_by_fd(fd, &info, &len) && info.kernel_btf && !strcmp(got, name);
}

int kernel_btf__object_fd(struct kernel_btf *k, const char *module)
{
	struct module *m;
	__u32 id = 0;
	int err = module_get(k, module, &m);

	if (err)
		return err;
	while (m->fd < 0) {
		__close int fd = -1;

		if (bpf_btf_get_next_id(id, &id))
			return -errno;
		fd = bpf_btf_get_fd_by_id(id);
		if (fd < 0 && errno == ENOENT)
			continue;
		if (fd < 0)
			return -errno;
		if (fd_is(fd, module))
			m->fd = take_fd(&fd);
	}
	return m->fd;
}
