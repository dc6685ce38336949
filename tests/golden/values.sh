#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# values.sh [--write] CC FILE... - compare the values of golden files with what the C compiler says.
#
# Every `filter` and `output` of the files becomes a line of one C program over the declarations of
# tests/fixture, with the arguments that its `func` line gives; the program prints the values. So
# the files may hold only what C computes by itself: no faults, specials or memory. A type's other
# names count as the same (s64, long long, long). --write puts the values into the files, for new
# cases; CC is gcc or clang.
set -euo pipefail
PROG=values.sh
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/../../scripts/lib.sh"

write=0
[ "${1:-}" != --write ] || { write=1; shift; }
[ $# -ge 2 ] || die_usage "usage: values.sh [--write] CC FILE..."
cc=$1
shift
dir=$(mktemp -d)
trap 'rm -rf -- "$dir"' EXIT

# program FILE - the C program; a case's number is its line's.
program() {
	cat <<'C'
#include "tests/fixture/fixture.c"
extern int printf(const char *fmt, ...);
#define true 1
#define false 0
#define NULL ((void *)0)
#define offsetof(type, member) __builtin_offsetof(type, member)
#define min(a, b) ((a) < (b) ? (a) : (b))
#define max(a, b) ((a) > (b) ? (a) : (b))
#define TYPE(e) _Generic((e), char: "char", signed char: "s8", unsigned char: "u8", short: "s16", \
	unsigned short: "u16", int: "int", unsigned int: "unsigned int", long: "long", \
	unsigned long: "unsigned long", long long: "long", unsigned long long: "unsigned long", \
	bool: "bool")
#define OUTPUT(line, e) output(line, TYPE(e), (unsigned long long)(e), sizeof(e))
#define FILTER(line, e) printf("%d\t%s\n", line, (e) ? "true" : "false")

static void output(int line, const char *type, unsigned long long v, int size)
{
	printf("%d\t(%s) ", line, type);
	if (type[0] == 'b')
		printf("%s\n", v ? "true" : "false");
	else if (type[0] != 'u')
		printf("%lld\n", v);
	else if (size == 8 && v >> 63)
		printf("0x%llx\n", v);
	else
		printf("0x%llx/%llu\n", v, v);
}

int main(void)
{
	{
C
	awk '
	# The parameters of every function of the fixture, as declarations.
	FILENAME != golden {
		sub(/\/\/.*/, "")
		text = text " " $0
		if ($0 !~ /^KEEP/ && text !~ /KEEP[^{;]*$/) { text = ""; next }
		if ($0 ~ /^KEEP/) text = $0
		if (text !~ /\)$/) next
		name = params = text
		sub(/\(.*/, "", name); sub(/.*[ *]/, "", name)
		sub(/[^(]*\(/, "", params); sub(/\)$/, "", params); gsub(/[ \t]+/, " ", params)
		all[name] = params
		text = ""
		next
	}
	/^func / {
		print "\t}\n\t{"
		split("", value)
		for (i = 3; i <= NF; i++) {
			split($i, part, "=")
			value[part[1]] = part[2]
		}
		n = split(all[$2], part, ", *")
		for (i = 1; i <= n && part[i] != "void"; i++) {
			arg = part[i]
			sub(/.*[ *]/, "", arg)
			decl = part[i]
			sub(/const /, "", decl)
			printf "\t\t%s = (__typeof__(%s))%s;\n", decl, arg, arg in value ? value[arg] : 0
		}
		next
	}
	/^(filter|output) / {
		kind = $1
		sub(/^[a-z]+ /, "")
		printf "\t\t%s(%d, (%s));\n", toupper(kind), FNR, $0
	}
	END { print "\t}\n}" }
	' golden="$1" "$TREE"/tests/fixture/{net,zoo,calls}.c "$1"
}

# merge FILE VALUES - FILE with the values in it, below their cases.
merge() {
	awk '
	NR == FNR { value[$1] = $0; sub(/^[0-9]+\t/, "", value[$1]); next }
	FNR in value { print; print "\t" value[FNR]; replace = 1; next }
	replace && /^\t(\(|true|false)/ { replace = 0; next }
	{ replace = 0; print }
	' "$2" "$1"
}

# plain - the types by one name each.
plain() {
	sed -E 's/^\t\(s8\)/\t(signed char)/; s/^\t\(u8\)/\t(unsigned char)/; s/^\t\(s16\)/\t(short)/
		s/^\t\((u16|umode_t|__be16)\)/\t(unsigned short)/; s/^\t\((s32|pid_t)\)/\t(int)/
		s/^\t\((u32|__be32)\)/\t(unsigned int)/; s/^\t\((s64|long long|ssize_t|loff_t)\)/\t(long)/
		s/^\t\((u64|unsigned long long|size_t|__be64)\)/\t(unsigned long)/; s/^\t\(_Bool\)/\t(bool)/'
}

bad=0
for file; do
	program "$file" >"$dir/values.c"
	"$cc" -std=gnu17 -O0 -fwrapv -w -iquote "$TREE" "$dir/values.c" -o "$dir/values"
	"$dir/values" >"$dir/values.txt"
	[ -s "$dir/values.txt" ] || die "$file: no values"
	merge "$file" "$dir/values.txt" >"$dir/merged"
	if [ $write = 1 ]; then
		cat -- "$dir/merged" >"$file"
	elif ! diff -U 1 <(plain <"$file") <(plain <"$dir/merged"); then
		note "$file: the compiler says otherwise (+)"
		bad=1
	fi
	echo "$file: $(wc -l <"$dir/values.txt") values"
done
exit $bad
