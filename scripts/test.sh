#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# test.sh [--quick] - install what is missing, build and run all tests.
#
# Checks the sources (check.sh), builds with gcc and clang, presets dev (ASan, UBSan) and release, runs
# unit and golden tests, a share of fuzzing, the kernel cases in both guests, every one also with the
# stand-ins, random expressions against both guests' verifiers, and a row of the benchmark. --quick:
# gcc only, one guest without the kprobe twins of cases, no stand-ins, no fuzzing, no random
# expressions, no benchmark.
#
# Progress and failures go to stderr; the only line on stdout is `N passed, N failed, N skipped`.
# Status 0 only when nothing failed, something passed, and each skip is listed in tests/skips.txt.
# Builds and results are kept outside of the tree, in the cache, per checkout.
set -euo pipefail
PROG=test.sh
# shellcheck source=lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
exec </dev/null

FUZZ_SECONDS=120 # all targets together
LOAD_COUNT=2000	 # random expressions, per kernel
LOAD_SECONDS=300 # at most

quick=0
for arg; do
	case $arg in
	--quick) quick=1 ;;
	*) die_usage "unknown option $arg; usage: test.sh [--quick]" ;;
	esac
done

work=$CACHE/build/$(tree_key)
mkdir -p -- "$work"
printf '%s\n' "$TREE" >"$work/tree"
exec 9>"$work/.lock"
flock -n 9 || { note "another test.sh of this checkout is running, waiting"; flock 9; }
results=$work/results
: >"$results"
begun=$SECONDS

# say TEXT - progress, with the time it took to get here.
say() { printf '%s: [%3d s] %s\n' "$PROG" $((SECONDS - begun)) "$*" >&2; }

# result VERDICT KERNEL VARIANT NAME - one line as the case runner writes it.
result() { printf '%s %s %s %s 0\n' "$@" >>"$results"; }

fail_result() {
	result FAIL "$@"
	say "FAIL $*"
}

# --- checks of the sources ---------------------------------------------------------------------------

static_checks() {
	local out=$work/check status=0 verdict name
	say "checks of the sources"
	"$TREE/scripts/check.sh" >"$out" || status=$?
	while read -r verdict name; do result "$verdict" - static "$name"; done <"$out"
	if [ $status != 0 ] && ! grep -q '^FAIL ' "$out"; then fail_result - static check; fi
}

# --- builds ----------------------------------------------------------------------------------------

# build COMPILER PRESET - into $work/PRESET-COMPILER; a failure is a result.
build() {
	local cc=$1 preset=$2 dir=$work/$2-$1 log=$work/$2-$1.log launcher=()
	say "build $preset with $cc"
	if have ccache; then launcher=(-DCMAKE_C_COMPILER_LAUNCHER=ccache); fi
	if (cd -- "$TREE" && cmake --preset "$preset" -B "$dir" -DCMAKE_C_COMPILER="$cc" \
		-DBPFSNOOP_WERROR=ON "${launcher[@]}") >"$log" 2>&1 &&
		cmake --build "$dir" >>"$log" 2>&1; then
		result PASS - "$preset-$cc" build
		return 0
	fi
	grep -E 'error|warning|FAILED|CMake Error' -A 5 "$log" | head -60 >&2 || tail -30 "$log" >&2
	fail_result - "$preset-$cc" build
	return 1
}

# --- unit and golden tests -------------------------------------------------------------------------

# ctest writes JUnit: one line per test; a skip is a test that exits 77 and says so by a property.
read_junit() {
	local variant=$1 xml=$2
	awk -v variant="$variant" '
	/<testcase / {
		name = status = $0
		sub(/.*<testcase name="/, "", name); sub(/".*/, "", name)
		sub(/.* status="/, "", status); sub(/".*/, "", status)
		if (status == "run") print "PASS", "-", variant, name, 0
		else if (status == "notrun" || status == "disabled") pending = 1
		else print "FAIL", "-", variant, name, 0
	}
	pending && /<skipped / {
		print (/SKIP_RETURN_CODE/ ? "SKIP" : "FAIL"), "-", variant, name, 0
		pending = 0
	}
	/<\/testcase>/ && pending { print "FAIL", "-", variant, name, 0; pending = 0 }
	' "$xml"
}

unit() {
	local variant=$1 dir=$work/$1 xml=$work/$1.xml log=$work/$1.ctest status=0
	say "unit and golden tests, $variant"
	rm -f -- "$xml"
	ctest --test-dir "$dir" -j 2 --output-on-failure --output-junit "$xml" >"$log" 2>&1 || status=$?
	[ ! -e "$xml" ] || read_junit "$variant" "$xml" >>"$results"
	if [ $status != 0 ] && ! grep -q "^FAIL - $variant " "$results"; then
		fail_result - "$variant" ctest
	fi
	[ $status = 0 ] || sed 's/^/  /' "$log" | grep -v ' Passed ' | tail -n 80 >&2
}

# --- fuzzing ---------------------------------------------------------------------------------------

# fuzz - each target tests/fuzz/NAME.c is a program fuzz.NAME, its seeds are in tests/fuzz/corpus/NAME/.
fuzz() {
	local dir=$work/fuzz-clang programs share program name corpus log
	compgen -G "$TREE/tests/fuzz/*.c" >/dev/null || return 0
	build clang fuzz || return 0
	mapfile -t programs < <(find "$dir" -type f -perm -100 -name 'fuzz.*' | sort)
	if [ ${#programs[@]} = 0 ]; then
		fail_result - fuzz-clang no-targets
		return 0
	fi
	share=$((FUZZ_SECONDS * 2 / ${#programs[@]}))
	rm -f -- "$work"/fuzz.*.status
	say "fuzzing: ${#programs[@]} targets, $share s each, two at a time"
	for program in "${programs[@]}"; do
		name=${program##*/}
		printf '%s\0' "$name"
	done | xargs -0 -r -I{} -P 2 bash -c '
		program=$(find "$1" -type f -perm -100 -name "$4")
		mkdir -p -- "$3/$4.corpus"
		seeds=("$3/$4.corpus")
		[ ! -d "$2/tests/fuzz/corpus/${4#fuzz.}" ] || seeds+=("$2/tests/fuzz/corpus/${4#fuzz.}")
		cd -- "$3" && "$program" -max_total_time="$5" -timeout=10 -rss_limit_mb=2048 \
			-artifact_prefix="$3/$4." "${seeds[@]}" >"$3/$4.log" 2>&1
		echo $? >"$3/$4.status"' _ "$dir" "$TREE" "$work" {} "$share" || true
	for program in "${programs[@]}"; do
		name=${program##*/} log=$work/${program##*/}.log
		if [ "$(cat -- "$work/$name.status" 2>/dev/null)" = 0 ]; then
			result PASS - fuzz-clang "$name"
		else
			fail_result - fuzz-clang "$name"
			tail -n 40 -- "$log" >&2 || true
		fi
	done
}

# --- kernel cases ----------------------------------------------------------------------------------

# program VARIANT - path of the built bpfsnoop.
program() { find "$work/$1" -maxdepth 2 -type f -perm -100 -name bpfsnoop | head -n 1; }

kernel_cases() {
	local args=() out=$work/cases status=0 bin asan
	bin=$(program release-gcc)
	asan=$(program dev-gcc)
	if [ -z "$bin" ] || [ -z "$asan" ]; then
		fail_result - kernel no-bpfsnoop-built
		return 0
	fi
	if [ $quick = 1 ]; then
		args+=(--kernel 6.12 --skip '*-kprobe')
	else
		args+=(--stand-in --asan-bin "$asan")
	fi
	say "kernel cases"
	rm -f -- "$out"
	"$TREE/tests/kernel/run.sh" --bin "$bin" --result "$out" "${args[@]}" \
		>/dev/null || status=$?
	if [ -e "$out" ]; then grep -E '^(PASS|FAIL|SKIP) ' "$out" >>"$results" || true; fi
	if [ $status != 0 ] && ! grep -q '^FAIL ' "$out" 2>/dev/null; then
		fail_result - kernel run
	fi
}

# load_in KERNEL PROGRAM SEED - random expressions over a kernel's functions, into its verifier.
load_in() {
	"$TREE/tests/vm/guest.sh" -k "$1" -t "$LOAD_SECONDS" -f "$2:/bin/diff.load" \
		-- /bin/diff.load "$3" "$LOAD_COUNT" >"$work/diff-load-$1.log" 2>&1 &&
		grep -q "^seed $3: $LOAD_COUNT expressions .* 0 complaints\$" "$work/diff-load-$1.log"
}

# packet_load_in KERNEL PROGRAM - packet filters into a kernel's verifier, and run by it.
packet_load_in() {
	"$TREE/tests/vm/guest.sh" -k "$1" -t "$LOAD_SECONDS" -f "$2:/bin/packet.load" \
		-f "$TREE/tests/packet/filters.txt:/filters.txt" -- /bin/packet.load /filters.txt \
		>"$work/packet-load-$1.log" 2>&1
}

# in_guests NAME FUNCTION [ARG...] - FUNCTION KERNEL PROGRAM ARG... in all guests, side by side, with
# the release build's PROGRAM NAME.load; what it prints is in NAME-load-KERNEL.log.
in_guests() {
	local name=$1 function=$2 program kernel pids=() i
	shift 2
	program=$(find "$work/release-gcc" -type f -perm -100 -name "$name.load" | head -n 1)
	if [ -z "$program" ]; then
		fail_result - release "$name/load"
		return 0
	fi
	for kernel in "${KERNELS[@]}"; do
		"$function" "$kernel" "$program" "$@" &
		pids+=($!)
	done
	for i in "${!KERNELS[@]}"; do
		kernel=${KERNELS[i]}
		if wait "${pids[i]}"; then
			result PASS "$kernel" release "$name/load"
		else
			fail_result "$kernel" release "$name/load"
			tail -n 20 -- "$work/$name-load-$kernel.log" >&2
		fi
	done
}

# diff_load - BPFSNOOP_SEED repeats a run; else the seed is the date.
diff_load() {
	local seed=${BPFSNOOP_SEED:-$(date -u +%Y%m%d)}
	say "random expressions against the verifier, BPFSNOOP_SEED=$seed"
	in_guests diff load_in "$seed"
}

packet_load() {
	say "packet filters in the kernel"
	in_guests packet packet_load_in
}

# bench_row - the benchmark still runs: one row, few calls; its numbers are not judged here.
bench_row() {
	local log=$work/bench.log bin
	bin=$(program release-gcc)
	[ -n "$bin" ] || return 0
	say "one row of the benchmark"
	if "$TREE/scripts/bench.sh" -k 6.12 -n 1000 -p "$bin" bpfsnoop >"$log" 2>&1 &&
		grep -qE '^\| bpfsnoop \|.*\| 1000 \|' "$log"; then
		result PASS 6.12 release bench/bpfsnoop
	else
		fail_result 6.12 release bench/bpfsnoop
		tail -n 20 -- "$log" >&2
	fi
}

# --- skips -----------------------------------------------------------------------------------------

# unlisted - skips that tests/skips.txt does not name: `CASE KERNEL REASON...`.
unlisted() {
	awk 'NR == FNR { if (!/^#/ && NF >= 3) listed[$1, $2] = 1; next }
	     $1 == "SKIP" && !(($4, $2) in listed) { print $4, $2 }' \
		"$TREE/tests/skips.txt" "$results" | sort -u
}

# --- all -------------------------------------------------------------------------------------------

"$TREE/scripts/setup.sh"
static_checks
if build gcc dev; then unit dev-gcc; fi
if build gcc release && [ $quick = 0 ]; then unit release-gcc; fi
if [ $quick = 0 ]; then
	if build clang dev; then unit dev-clang; fi
	build clang release || true
	fuzz
fi
kernel_cases
[ $quick = 1 ] || diff_load
[ $quick = 1 ] || packet_load
[ $quick = 1 ] || bench_row

passed=$(grep -c '^PASS ' "$results" || true)
failed=$(grep -c '^FAIL ' "$results" || true)
skipped=$(grep -c '^SKIP ' "$results" || true)
status=0
[ "$failed" = 0 ] && [ "$passed" != 0 ] || status=1
while read -r line; do
	note "skipped and not listed in tests/skips.txt: $line"
	status=1
done < <(unlisted)
say "done"
grep '^FAIL ' "$results" >&2 || true
echo "$passed passed, $failed failed, $skipped skipped"
exit $status
