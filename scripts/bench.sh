#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# bench.sh [-k KERNEL]... [-n CALLS] [-p PROGRAM] [-c CPU] [ROW...] - what tracing costs, beside others.
#
#   -k KERNEL    6.1 or 6.12; repeatable (default: both)
#   -n CALLS     calls per row (default 20000)
#   -p PROGRAM   this bpfsnoop instead of a release build of the tree
#   -c CPU       qemu's -cpu (default max). `max,-erms,-fsrm`: the kernel copies and clears eight
#                bytes an instruction, not one
#   ROW          a row of tests/bench/rows.sh; repeatable (default: all; base is always run);
#                `compile`: how long compiling takes, of 1,000 random expressions over the
#                kernel's functions, here and not in a guest
#
# Runs in a guest with `-icount`, whose nanoseconds are executed instructions: the same numbers
# whatever else this machine does. Prints a table in Markdown per kernel, for docs/performance.md.
# Status 1: a row failed, a tracer other than bpftrace lost events, or compiling takes too long.
set -euo pipefail
PROG=bench.sh
# shellcheck source=lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
heed_signals "$0" "$@"

SECONDS_MAX=280 # per kernel

kernels=() calls=20000 program='' cpu=max
while getopts k:n:p:c: opt; do
	case $opt in
	k) known_kernel "$OPTARG" || die_usage "no kernel $OPTARG; there are: ${KERNELS[*]}"
		kernels+=("$OPTARG") ;;
	n) calls=$OPTARG ;;
	p) program=$OPTARG ;;
	c) cpu=$OPTARG ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
compile=0 guest=1 rows=()
[ $# != 0 ] || compile=1
for row; do
	if [ "$row" = compile ]; then compile=1; else rows+=("$row"); fi
done
[ $compile = 0 ] || [ $# = 0 ] || [ ${#rows[@]} != 0 ] || guest=0
set -- "${rows[@]}"
case $calls in '' | *[!0-9]* | 0) die_usage "-n wants a number, not '$calls'" ;; esac
[ ${#kernels[@]} -gt 0 ] || kernels=("${KERNELS[@]}")

status=0

# compile_row - one line per kernel.
compile_row() {
	local timer kernel
	"$TREE/scripts/setup.sh" build test guest
	timer=$(build_release bench diff.time)
	for kernel in "${kernels[@]}"; do
		"$TREE/tests/vm/fetch.sh" "$kernel"
		printf 'Linux %s, commit %s, ' "$(cat -- "$(kernel_dir "$kernel")/release")" "$(commit)"
		"$timer" "$(kernel_dir "$kernel")/vmlinux" || status=1
	done
	echo
}

# commit - what was measured.
commit() {
	local c
	c=$(git -C "$TREE" rev-parse --short=12 HEAD 2>/dev/null) || c=unknown
	if [ -n "$(git -C "$TREE" status --porcelain --untracked-files=no 2>/dev/null)" ]; then c+=+; fi
	printf '%s\n' "$c"
}

[ $compile = 0 ] || compile_row
[ $guest = 1 ] || exit $status

"$TREE/scripts/setup.sh" build guest
case " $* " in *bpftrace* | '  ') "$TREE/scripts/setup.sh" bench ;; esac
[ -n "$program" ] || program=$(build_bpfsnoop)
[ -x "$program" ] || die "no program $program"

stopwatch=$(build_tool bench tests/bench/bench.c -static)
peer=$(build_tool peer tests/bench/peer.c -Wl,--no-as-needed -lbpf)
peer_obj=$(build_bpf tests/bench/peer.bpf.c tests/bench/peer.h)
plain_obj=$(build_bpf tests/bench/plain.bpf.c tests/bench/peer.h)

# measure KERNEL ROW... - the rows' lines.
measure() {
	local kernel=$1 files
	shift
	files=(-f "$stopwatch:/bench/bench" -f "$peer:/bench/peer" -f "$peer_obj:/bench/peer.bpf.o"
		-f "$plain_obj:/bench/plain.bpf.o" -f "$program:/bench/bpfsnoop"
		-f "$TREE/tests/bench/rows.sh:/bench/rows.sh")
	files+=(-M dummy)
	if have bpftrace; then files+=(-f "$(command -v bpftrace):/bench/bpftrace"); fi
	"$TREE/tests/vm/guest.sh" -k "$kernel" -i shift=0,sleep=off -c "$cpu" -s 1 -m 2048 -t "$SECONDS_MAX" \
		"${files[@]}" -- /bench/rows.sh /bench "$calls" "$@"
}

# table - the rows' lines on stdin become a table; fails when events were lost without a word.
table() {
	awk -v commit="$(commit)" -v calls="$calls" -v cpu="$cpu" '
	function value(name, i, kv) {
		for (i = 2; i <= NF; i++)
			if (split($i, kv, "=") == 2 && kv[1] == name)
				return kv[2]
		return ""
	}
	function events(made, got) {
		if (got >= made)
			return got ""
		return sprintf("%d of %d, **%.1f %% lost**", got, made, 100 * (made - got) / made)
	}
	$1 == "kernel" {
		printf "Linux %s, commit %s, %d calls, `-cpu %s`\n\n", value("release"), commit, calls, cpu
		print "| row | start-up ms | in the kernel | in user space | together | " \
			"per printed event | delivered | resident MB |"
		print "|---|--:|--:|--:|--:|--:|--:|--:|"
		next
	}
	$2 == "failed" { printf "| %s | **failed** | | | | | | |\n", $1; bad = 1; next }
	$2 == "none" { printf "| %s | not on this kernel | | | | | | |\n", $1; next }
	value("start_ns") != "" {
		printf "| %s | %.1f | | | | | | |\n", $1, value("start_ns") / 1e6
		next
	}
	$1 ~ /base$/ {
		base = value("loop_ns")
		printf "| %s (the call itself) | | %.0f | | %.0f | | | |\n", $1, base / calls, base / calls
		next
	}
	value("loop_ns") != "" {
		kernel = value("loop_ns") - value("tracer_in_loop_ns") - base
		user = value("tracer_ns")
		got = value("delivered")
		rejects = $1 ~ /reject|empty/
		printf "| %s | | %.0f | %.0f | %.0f | %s | %s | %.1f |\n", $1, kernel / calls,
			user / calls, (kernel + user) / calls,
			rejects || !got ? "" : sprintf("%.0f", (kernel + user) / got),
			rejects ? "none" : events(calls, got), value("rss_kb") / 1024
		if (rejects ? got > 0 : got < calls && $1 !~ /^bpftrace/)
			bad = 1
		next
	}
	{ print "bench.sh: what is this: " $0 > "/dev/stderr"; bad = 1 }
	END { exit bad }'
}

for kernel in "${kernels[@]}"; do
	rows=("$@")
	[ $# = 0 ] || rows=(base "$@")
	measure "$kernel" "${rows[@]}" | table || status=1
	echo
done
exit $status
