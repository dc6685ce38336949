/* SPDX-License-Identifier: BSD-2-Clause */
#pragma once

#include <stdbool.h>
#include <linux/types.h>

struct types;

#define PROTO_PARAM_MAX 64

struct param {
	const char *name; /* "" when BTF has none */
	__u32 type_id;
};

/* A function's prototype as BTF has it. Plain data; names are borrowed from the graph. */
struct proto {
	const char *name;
	__u32 func_id;  /* BTF_KIND_FUNC, 0 for a bare BTF_KIND_FUNC_PROTO */
	__u32 ret_type; /* 0: void */
	bool variadic;
	unsigned int param_cnt; /* without the variadic mark */
	struct param params[PROTO_PARAM_MAX];
};

/**
 * proto__load() - Read a prototype.
 * @id: A BTF_KIND_FUNC or BTF_KIND_FUNC_PROTO.
 *
 * Errors: -EINVAL another kind; -E2BIG more than PROTO_PARAM_MAX parameters.
 * Return: 0 or -errno; @ret untouched on failure.
 */
int proto__load(const struct types *t, __u32 id, struct proto *ret);
