#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# soak.sh [-s SECONDS] [TARGET...] - run the fuzz targets for long, one after another.
#
#   -s SECONDS   per target (default 600)
#   TARGET       a name in tests/fuzz without .c (default: all)
#
# Found inputs and the grown corpora stay in the cache; prints one line per target: runs, coverage,
# corpus size, verdict. Status 1 when a target found something.
set -euo pipefail
PROG=soak.sh
# shellcheck source=lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

seconds=600
while getopts s: opt; do
	case $opt in
	s) seconds=$OPTARG ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
case $seconds in '' | *[!0-9]* | 0) die_usage "-s wants a number of seconds, not '$seconds'" ;; esac

"$TREE/scripts/setup.sh" build test
dir=$CACHE/build/$(tree_key)/fuzz-clang
work=$CACHE/soak
mkdir -p -- "$work"
(cd -- "$TREE" && cmake --preset fuzz -B "$dir" -DCMAKE_C_COMPILER=clang &&
	cmake --build "$dir") >"$work/build.log" 2>&1 || {
	tail -n 30 -- "$work/build.log" >&2
	die "the fuzz targets do not build"
}

targets=("$@")
if [ ${#targets[@]} = 0 ]; then
	for source in "$TREE"/tests/fuzz/*.c; do
		name=${source##*/}
		targets+=("${name%.c}")
	done
fi

status=0
for name in "${targets[@]}"; do
	program=$(find "$dir" -type f -perm -100 -name "fuzz.$name")
	[ -n "$program" ] || die "no fuzz target $name"
	mkdir -p -- "$work/$name.corpus"
	verdict=nothing
	(cd -- "$work" && "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 \
		-print_final_stats=1 -artifact_prefix="$work/$name." "$work/$name.corpus" \
		"$TREE/tests/fuzz/corpus/$name" >"$work/$name.log" 2>&1) || { verdict=FOUND status=1; }
	runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$work/$name.log")
	cover=$(grep -oE 'cov: [0-9]+ ft: [0-9]+ corp: [0-9]+' "$work/$name.log" | tail -n 1 || true)
	printf '%s: %s s, %s runs, %s, found %s\n' "$name" "$seconds" "${runs:-?}" "${cover:-?}" "$verdict"
done
exit $status
