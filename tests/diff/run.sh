#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# run.sh BIN COUNT [BUG...] - COUNT random expressions, made by BIN/diff.gen, computed by gcc and by
# ours, and compared by BIN/diff.run. Each BIN/diff.run.BUG must then be found out. With COUNT 0 the
# expressions are those of the last time, in $DIFF_KEEP.
#
# BPFSNOOP_SEED is the seed, else today's date: CI sees new expressions every day, and a failure
# can be repeated. DIFF_GCC: the compiler, default gcc. DIFF_KEEP: a directory for what is made.
set -euo pipefail
SRC=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
bin=$1 count=$2
shift 2
seed=${BPFSNOOP_SEED:-$(date -u +%Y%m%d)}
# What C leaves undefined has to be defined here, and no address is known not to be NULL.
gcc=("${DIFF_GCC:-gcc}" -std=gnu17 -O0 -w -fwrapv -fno-strict-overflow -fno-strict-aliasing
	-fno-delete-null-pointer-checks -iquote "$SRC")

work=${DIFF_KEEP:-}
if [ -z "$work" ]; then
	work=$(mktemp -d -- "${TMPDIR:-/tmp}/bpfsnoop-diff.XXXXXX")
	trap 'rm -rf -- "$work"' EXIT
fi
mkdir -p -- "$work"

compile() { "${gcc[@]}" -c -o "$2" "$1" || exit 1; }

make_and_compare() {
	echo "seed $seed: $count expressions (BPFSNOOP_SEED=$seed repeats this)"
	"$bin/diff.gen" "$seed" "$count" "$work" || gaps=1
	(compile "$work/truth0.c" "$work/0.o" && compile "$work/truth1.c" "$work/1.o") &
	first=$!
	(compile "$work/truth2.c" "$work/2.o" && compile "$work/truth3.c" "$work/3.o")
	wait "$first"
	compile "$SRC/tests/diff/truth.c" "$work/truth.o"
	"${gcc[@]}" -o "$work/truth" "$work"/[0-3].o "$work/truth.o"
	"$work/truth" "$work/image" "$work/results"
	"$bin/diff.run" "$work"
}

gaps=0
[ "$count" -eq 0 ] || make_and_compare

for bug; do
	if "$bin/diff.run.$bug" "$work" >"$work/$bug.log"; then
		echo "the bug $bug is not found"
		exit 1
	fi
	echo "$bug: $(tail -n 1 "$work/$bug.log")"
	grep -q ' [1-9][0-9]* complaints$' "$work/$bug.log"
done
exit $gaps
