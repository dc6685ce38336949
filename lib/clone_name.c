// SPDX-License-Identifier: BSD-2-Clause
#include "lib/clone_name.h"

#include <string.h>

#include "base/macros.h"

static const struct {
	const char *word;
	enum clone_kind kind;
} suffixes[] = {
	{ "isra", CLONE_ISRA },          { "constprop", CLONE_CONSTPROP },
	{ "part", CLONE_PART },          { "cold", CLONE_COLD },
	{ "llvm", CLONE_RENAMED },       { "__uniq", CLONE_RENAMED },
	{ "localalias", CLONE_RENAMED }, { "lto_priv", CLONE_RENAMED },
};

static enum clone_kind kind_of(const char *word, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++)
		if (strlen(suffixes[i].word) == len && !memcmp(suffixes[i].word, word, len))
			return suffixes[i].kind;
	return CLONE_OTHER;
}

size_t clone_name__split(const char *name, unsigned int *ret)
{
	size_t base = strcspn(name, ".");
	unsigned int kinds = 0;

	/* a dot in front is no suffix; numbers belong to the word before them */
	for (const char *dot = base ? strchr(name, '.') : NULL; dot; dot = strchr(dot + 1, '.')) {
		size_t len = strcspn(dot + 1, ".");

		if (kinds && strspn(dot + 1, "0123456789") == len)
			continue;
		kinds |= kind_of(dot + 1, len);
	}
	if (ret)
		*ret = kinds;
	return kinds ? base : strlen(name);
}
