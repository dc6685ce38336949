// SPDX-License-Identifier: BSD-2-Clause
#include "cmd/units.h"

#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/macros.h"

/* Digits at *s; moves *s behind them. */
static int take_digits(const char **s, __u64 *ret)
{
	__u64 v = 0;

	if (!isdigit((unsigned char)**s))
		return -EINVAL;
	for (; isdigit((unsigned char)**s); (*s)++)
		if (__builtin_mul_overflow(v, 10ull, &v) ||
		    __builtin_add_overflow(v, (__u64)(**s - '0'), &v))
			return -ERANGE;
	*ret = v;
	return 0;
}

int units__count(const char *text, __u64 *ret)
{
	__u64 v;
	int err = take_digits(&text, &v);

	if (err)
		return err;
	if (*text)
		return -EINVAL;
	*ret = v;
	return 0;
}

int units__size(const char *text, __u64 *ret)
{
	static const char units[] = "KMG";
	const char *unit;
	__u64 v;
	int err = take_digits(&text, &v);

	if (err)
		return err;
	if (*text) {
		unit = strchr(units, toupper((unsigned char)*text));
		if (!unit || text[1])
			return -EINVAL;
		if (__builtin_mul_overflow(v, 1ull << (10 * (unit - units + 1)), &v))
			return -ERANGE;
	}
	*ret = v;
	return 0;
}

static const struct {
	const char *name;
	__u64 ns;
} time_units[] = {
	{ "ns", 1 },	       { "us", 1000 },	       { "µs", 1000 },
	{ "ms", 1000000 },     { "s", 1000000000 },    { "m", 60000000000 },
	{ "h", 3600000000000 },
};

static __u64 unit_ns(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(time_units); i++)
		if (!strcmp(time_units[i].name, name))
			return time_units[i].ns;
	return 0;
}

int units__duration(const char *text, __u64 *ret)
{
	__u64 whole = 0, total, scale = 1, frac = 0, unit;
	int err = take_digits(&text, &whole);

	if (err)
		return err;
	if (*text == '.') {
		if (!isdigit((unsigned char)*++text))
			return -EINVAL;
		/* more digits than nanoseconds of an hour have are dropped */
		for (; isdigit((unsigned char)*text); text++) {
			if (scale > 100000000000000ull)
				continue;
			frac = frac * 10 + (__u64)(*text - '0');
			scale *= 10;
		}
	}
	unit = unit_ns(text);
	if (!unit)
		return -EINVAL;
	if (__builtin_mul_overflow(whole, unit, &total) ||
	    __builtin_add_overflow(total, (__u64)((unsigned __int128)frac * unit / scale), &total))
		return -ERANGE;
	*ret = total;
	return 0;
}
