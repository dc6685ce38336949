// SPDX-License-Identifier: BSD-2-Clause
#include "lib/prog_ids.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/fs.h"

#define KEY "prog_id:"

bool prog_ids__in_fdinfo(const char *text, __u32 *ret)
{
	const char *at = text;
	unsigned long id;
	char *end;

	while ((at = strstr(at, KEY)) && at > text && at[-1] != '\n')
		at += strlen(KEY);
	if (!at)
		return false;
	id = strtoul(at + strlen(KEY), &end, 10);

	if (end == at + strlen(KEY) || !id || id > UINT32_MAX)
		return false;
	*ret = (__u32)id;
	return true;
}

bool prog_ids__has(const struct prog_ids *ids, __u32 id)
{
	vec_each (&ids->list, it)
		if (*it == id)
			return true;
	return false;
}

static int add_file(const char *dir, const char *name, struct prog_ids *ids)
{
	__free char *path = NULL, *text = NULL;
	__u32 id;

	if (asprintf(&path, "%s/%s", dir, name) < 0) {
		path = NULL;
		return -ENOMEM;
	}
	if (fs__read(path, &text, NULL) || !prog_ids__in_fdinfo(text, &id) ||
	    prog_ids__has(ids, id))
		return 0;
	return vec_push(&ids->list, id);
}

int prog_ids__of_dir(const char *path, struct prog_ids *ids)
{
	__closedir DIR *dir = opendir(path);
	struct dirent *de;
	int err = 0;

	if (!dir)
		return -errno;
	while (!err && (de = readdir(dir)))
		if (de->d_name[0] != '.')
			err = add_file(path, de->d_name, ids);
	return err;
}

void prog_ids__fini(struct prog_ids *ids)
{
	vec_free(&ids->list);
}
