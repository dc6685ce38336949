#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# run.sh [options] - run the kernel cases in guests.
#
#   --kernel K|all     6.1, 6.12 or all (default), which run side by side
#   --bin PATH         the bpfsnoop to test
#   --asan-bin PATH    the same with ASan, for the cases that say `also asan`
#   --stand-in         also run every case with the stand-ins, which must fail
#   --only GLOB        only the cases FILE/NAME that match; --skip GLOB: all but those
#   --result FILE      where the result lines go (default: a file that is gone afterwards)
#   --dir DIR          take the case files from there
#
# Result lines are `PASS|FAIL|SKIP KERNEL VARIANT FILE/NAME MS`. Failures with their reasons go to
# stderr, `N passed, N failed, N skipped` to stdout. Status 0 when none failed and some passed.
set -euo pipefail
PROG=kernel/run.sh
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/../../scripts/lib.sh"
HERE=$TREE/tests/kernel

kernels=("${KERNELS[@]}") bin='' asan='' stand_in=0 only='*' skip='' result='' cases_dir=$HERE
while [ $# -gt 0 ]; do
	opt=$1
	shift
	case $opt in
	--stand-in) stand_in=1; continue ;;
	esac
	[ $# -gt 0 ] || die_usage "unknown option, or no value: $opt"
	case $opt in
	--kernel) [ "$1" = all ] || { known_kernel "$1" || die_usage "no kernel $1"; kernels=("$1"); } ;;
	--bin) bin=$1 ;;
	--asan-bin) asan=$1 ;;
	--only) only=$1 ;;
	--skip) skip=$1 ;;
	--result) result=$1 ;;
	--dir) cases_dir=$1 ;;
	*) die_usage "unknown option $opt" ;;
	esac
	shift
done
[ -n "$bin" ] || die_usage "--bin PATH is needed"
[ -x "$bin" ] || die "cannot run $bin"
[ -z "$asan" ] || [ -x "$asan" ] || die "cannot run $asan"

work=$(mktemp -d -- "${TMPDIR:-/tmp}/bpfsnoop-cases.XXXXXX")
pids=()
finish() {
	[ ${#pids[@]} -eq 0 ] || kill "${pids[@]}" 2>/dev/null || true
	wait || true
	rm -rf -- "$work"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

sources=''
for f in runner case match proc residue judge; do sources+=" tests/kernel/$f.c"; done
runner=$(build_tool runner "$sources" -static)
trigger=$(build_tool trigger tests/kernel/trigger.c -static -pthread)
bpfprogs=$(build_tool bpfprogs tests/kernel/bpfprogs.c -Wl,--no-as-needed -lbpf)
progs_obj=$(build_bpf tests/kernel/progs.bpf.c)
shopt -s nullglob
files=("$cases_dir"/*.case)
[ ${#files[@]} -gt 0 ] || die "no cases in $cases_dir"

# boots - the kinds of boot the cases ask for, the common one (empty) first.
boots() { { echo; sed -n 's/^boot\(@[^ ]*\)\{0,1\} //p' "${files[@]}"; } | sort -u; }

# wanted KERNEL VARIANT BOOT - names of the cases of a boot.
wanted() { "$runner" --list --kernel "$1" --variant "$2" --boot "$3" --only "$only" --skip "$skip" "${files[@]}"; }

# args_net - network devices and what makes them, into the array `args`.
NET_MODULES=(veth tun 8021q vxlan ip_gre ipip sit geneve sch_ingress cls_bpf)
args_net() {
	local m program
	for m in "${NET_MODULES[@]}"; do args+=(-M "$m"); done
	for program in ip tc tcpdump; do
		program=$(PATH=$PATH:/usr/sbin:/sbin command -v "$program") ||
			die "$program is missing; install iproute2 and tcpdump (./scripts/setup.sh test does)"
		args+=(-f "$program:/usr/sbin/${program##*/}")
	done
	args+=(-f "$HERE/net.sh:/usr/bin/net")
}

# guest_args KERNEL BOOT - how guest.sh makes that boot, into the array `args`.
guest_args() {
	local kernel=$1 boot=$2 word append='' kmod=1
	args=(-k "$kernel" -t "$seconds")
	for word in $boot; do
		case $word in
		bzImage) args+=(-b) ;;
		smp=*) args+=(-s "${word#smp=}") ;;
		nokmod) kmod=0 ;;
		net) args_net ;;
		*) append+=" $word" ;;
		esac
		# A locked-down kernel takes no unsigned module.
		case $word in lockdown=*) kmod=0 ;; esac
	done
	if [ $kmod = 1 ]; then args+=(-M "$("$TREE/tests/kmod/build.sh" "$kernel")"); fi
	[ -z "$append" ] || args+=(-a "$append")
}

# variants BOOT - the programs to test and their directories in the guest.
variants=(release)
args_bin=(-f "$bin:/bins/release/bpfsnoop")
if [ -n "$asan" ]; then
	variants+=(asan)
	args_bin+=(-f "$asan:/bins/asan/bpfsnoop")
fi
if [ $stand_in = 1 ]; then
	variants+=(silent liar)
	args_bin+=(-f "$HERE/standin_silent.sh:/bins/silent/bpfsnoop"
		-f "$HERE/standin_liar.sh:/bins/liar/bpfsnoop")
fi

# flags VARIANT - what the runner must know of it.
flags() { case $1 in silent | liar) echo --stand-in ;; esac; }

# script KERNEL BOOT - what the guest runs.
script() {
	local v
	for v in "${variants[@]}"; do
		printf 'runner --kernel %q --variant %q --bin /bins/%s --boot %q --only %q --skip %q %s /cases/*.case\n' \
			"$1" "$v" "$v" "$2" "$only" "$skip" "$(flags "$v")"
	done
	echo 'exit 0'
}

# missing KERNEL BOOT RESULTS - a case without a result has failed: its guest died before.
missing() {
	local v name
	for v in "${variants[@]}"; do
		for name in $(wanted "$1" "$v" "$2"); do
			if grep -q "^[A-Z]* $1 $v $name " "$3"; then continue; fi
			# A stand-in's skips are not told.
			if [ -n "$(flags "$v")" ] && grep -q "^SKIP $1 release $name " "$3"; then continue; fi
			printf 'FAIL %s %s %s 0\n  no result: the guest ended before\n' "$1" "$v" "$name"
		done
	done
}

run_boot() {
	local kernel=$1 boot=$2 out=$3 args part=$3.part status=0 f
	local seconds=3600
	[ -n "$(wanted "$kernel" release "$boot")" ] || return 0
	guest_args "$kernel" "$boot"
	for f in "${files[@]}"; do args+=(-f "$f:/cases/${f##*/}"); done
	run_forwarding "$TREE/tests/vm/guest.sh" "${args[@]}" "${args_bin[@]}" -f "$runner:/usr/bin/runner" \
		-f "$trigger:/usr/bin/trigger" -f "$bpfprogs:/usr/bin/bpfprogs" \
		-f "$progs_obj:/usr/lib/progs.bpf.o" \
		-- sh -c "$(script "$kernel" "$boot")" >"$part" </dev/null || status=$?
	[ $status = 0 ] || note "guest $kernel ${boot:-(common)}: status $status"
	missing "$kernel" "$boot" "$part" >>"$part"
	cat -- "$part" >>"$out"
}

run_kernel() {
	local boot
	while IFS= read -r boot <&3; do run_boot "$1" "$boot" "$2"; done 3< <(boots)
}

for kernel in "${kernels[@]}"; do
	# A wrong case file is told once, before any guest.
	wanted "$kernel" release '' >/dev/null || die "wrong case files"
	: >"$work/$kernel"
	run_kernel "$kernel" "$work/$kernel" &
	pids+=($!)
done
status=0
for pid in "${pids[@]}"; do wait "$pid" || status=1; done
pids=()

for kernel in "${kernels[@]}"; do cat -- "$work/$kernel"; done >"$work/all"
[ -z "$result" ] || cp -- "$work/all" "$result"
# Failures with what belongs to them.
awk '/^(PASS|SKIP) /{p=0} /^FAIL /{p=1} p' "$work/all" >&2
passed=$(grep -c '^PASS ' "$work/all" || true)
failed=$(grep -c '^FAIL ' "$work/all" || true)
skipped=$(grep -c '^SKIP ' "$work/all" || true)
echo "$passed passed, $failed failed, $skipped skipped"
[ "$status" = 0 ] && [ "$failed" = 0 ] && [ "$passed" != 0 ]
