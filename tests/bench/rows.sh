#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# rows.sh DIR CALLS [ROW...] - run the rows of the benchmark in the guest; DIR has the programs.
# Each prints `ROW NAME=VALUE...`. Without ROW: all of them. The packet rows need the module dummy.
dir=$1 n=$2
shift 2
bench=$dir/bench
peer=$dir/peer
obj=$dir/peer.bpf.o
bpfsnoop=$dir/bpfsnoop
bpftrace=$dir/bpftrace
ino='file->f_inode->i_ino'
packet='skb->len > 100 && skb->protocol == 0x0008 || skb->dev->ifindex == 1'
# shellcheck disable=SC2016 # bpftrace's braces, not ours
fields='printf("%llu %d %d %d %s %lx %lx %lx %lx %lu\n", nsecs, pid, tid, cpu, comm,
	(uint64)args->file, (uint64)args->buf, (uint64)args->count, (uint64)args->pos, args->file->f_inode->i_ino);'
cd /tmp || exit 1

# row NAME COMMAND... - one line, or what went wrong.
row() {
	name=$1
	shift
	if line=$("$@" 2>/tmp/row.err); then
		echo "$name $line"
		return
	fi
	echo "$name failed"
	{ echo "$name:"; cat /tmp/row.err; tail -n 5 /tmp/out.err /tmp/bench.start.err; } >&2
	failed=1
}

# cost NAME NEEDLE READY TRACER... - what a call costs under a tracer.
cost() {
	name=$1 needle=$2 ready=$3
	shift 3
	row "$name" "$bench" cost "$n" /tmp/out "$needle" "$ready" -- "$@"
}

# start NAME TRACER... - how long it takes to attach; the second time, when all is in memory, and
# alone: detaching many goes on in the background.
start() {
	name=$1
	shift
	"$bench" start /tmp/stamp -- "$@" >/dev/null 2>&1
	while pidof bpfsnoop >/dev/null; do sleep 0.1; done
	row "$name" "$bench" start /tmp/stamp -- "$@"
}


# Whether this kernel attaches many by one link.
has_multi() {
	"$bpfsnoop" --features | grep -q '^kprobe.multi  *yes'
}

run() {
	case $1 in
	base) row base "$bench" base "$n" ;;
	empty) cost empty delivered attached "$peer" "$obj" empty ;;
	peer-direct) cost peer-direct delivered attached "$peer" "$obj" direct ;;
	peer-probe) cost peer-probe delivered attached "$peer" "$obj" probe ;;
	peer-direct-reject) cost peer-direct-reject delivered attached "$peer" "$obj" direct_reject ;;
	peer-probe-reject) cost peer-probe-reject delivered attached "$peer" "$obj" probe_reject ;;
	peer-start) start peer-start "$peer" "$obj" direct -- "$bench" stamp /tmp/stamp ;;
	plain-start) start plain-start "$peer" "$dir/plain.bpf.o" plain -- "$bench" stamp /tmp/stamp ;;
	bpfsnoop) cost bpfsnoop ':trigger)' 'is running' "$bpfsnoop" -k vfs_read -m entry \
		--output-arg "$ino" ;;
	bpfsnoop-plain) cost bpfsnoop-plain ':trigger)' 'is running' "$bpfsnoop" -k vfs_read -m entry ;;
	bpfsnoop-reject) cost bpfsnoop-reject ':trigger)' 'is running' "$bpfsnoop" -k vfs_read -m entry \
		--filter-arg "$ino == 1" ;;
	bpfsnoop-exit) cost bpfsnoop-exit ':trigger)' 'is running' "$bpfsnoop" -k vfs_read \
		--output-arg "$ino" ;;
	bpfsnoop-exit-reject) cost bpfsnoop-exit-reject ':trigger)' 'is running' "$bpfsnoop" -k vfs_read \
		--filter-arg "$ino == 1" ;;
	# the packet rows come together: theirs is another base
	packet-base) row packet-base env BENCH_CALL=packet "$bench" base "$n" ;;
	packet-peer-least-reject) BENCH_CALL=packet cost packet-peer-least-reject delivered attached "$peer" \
		"$obj" packet_least ;;
	packet-peer-reject) BENCH_CALL=packet cost packet-peer-reject delivered attached "$peer" "$obj" \
		packet_reject ;;
	packet-least-reject) BENCH_CALL=packet cost packet-least-reject ':trigger)' 'is running' "$bpfsnoop" \
		-k __dev_queue_xmit -m entry --filter-arg 'skb == NULL' ;;
	packet-reject) BENCH_CALL=packet cost packet-reject ':trigger)' 'is running' "$bpfsnoop" \
		-k __dev_queue_xmit -m entry --filter-arg "$packet" ;;
	packet-probe-reject) BENCH_CALL=packet cost packet-probe-reject ':trigger)' 'is running' "$bpfsnoop" \
		-k __dev_queue_xmit -m entry -P --filter-arg "$packet" ;;
	# the same of received segments
	ip-base) row ip-base env BENCH_CALL=ip "$bench" base "$n" ;;
	ip-least-reject) BENCH_CALL=ip cost ip-least-reject ':trigger)' 'is running' "$bpfsnoop" -k ip_rcv \
		-m entry --filter-arg 'skb == NULL' ;;
	ip-pkt-reject) BENCH_CALL=ip cost ip-pkt-reject ':trigger)' 'is running' "$bpfsnoop" -k ip_rcv \
		-m entry --filter-pkt 'host 1.2.3.4 and tcp port 80' ;;
	ip-pkt-all-reject) BENCH_CALL=ip cost ip-pkt-all-reject ':trigger)' 'is running' "$bpfsnoop" -k ip_rcv \
		-m entry --filter-pkt 'host 127.0.0.1 and tcp port 81' ;;
	ip-tuple) BENCH_CALL=ip cost ip-tuple ':trigger)' 'is running' "$bpfsnoop" -k ip_rcv -m entry \
		--output-pkt ;;
	ip-plain) BENCH_CALL=ip cost ip-plain ':trigger)' 'is running' "$bpfsnoop" -k ip_rcv -m entry ;;
	bpfsnoop-start) start bpfsnoop-start "$bpfsnoop" -k vfs_read -m entry --output-arg "$ino" \
		-- "$bench" stamp /tmp/stamp ;;
	bpfsnoop-exit-start) start bpfsnoop-exit-start "$bpfsnoop" -k vfs_read --output-arg "$ino" \
		-- "$bench" stamp /tmp/stamp ;;
	bpftrace) cost bpftrace ' trigger ' Attaching "$bpftrace" -e "kfunc:vfs_read { $fields }" ;;
	bpftrace-reject) cost bpftrace-reject ' trigger ' Attaching "$bpftrace" \
		-e "kfunc:vfs_read /args->file->f_inode->i_ino == 1/ { $fields }" ;;
	bpftrace-start) start bpftrace-start "$bpftrace" -c "$bench stamp /tmp/stamp" \
		-e "kfunc:vfs_read { $fields }" ;;
	# 922 functions with the same argument
	multi-start | multi-bpftrace-start) if ! has_multi; then
			echo "$1 none"
		elif [ "$1" = multi-start ]; then
			start "$1" "$bpfsnoop" -k '*__{x64,ia32}_sys_*' -m entry --attach multi -- "$bench" stamp /tmp/stamp
		else
			start "$1" "$bpftrace" -c "$bench stamp /tmp/stamp" \
				-e 'kprobe:__x64_sys_*, kprobe:__ia32_sys_* { @ = count(); }'
		fi ;;
	fentry-start) start "$1" "$bpfsnoop" -k 'sched_*' -m entry --attach fentry -- "$bench" stamp /tmp/stamp ;;
	fentry-bpftrace-start) start "$1" "$bpftrace" -c "$bench stamp /tmp/stamp" -e 'kfunc:sched_* { @ = count(); }' ;;
	*)
		echo "rows.sh: no row $1" >&2
		failed=1
		;;
	esac
}

failed=0
echo "kernel release=$(uname -r)"
[ $# -gt 0 ] || set -- base empty peer-direct peer-probe peer-direct-reject peer-probe-reject \
	peer-start plain-start bpfsnoop bpfsnoop-plain bpfsnoop-reject bpfsnoop-start \
	bpfsnoop-exit bpfsnoop-exit-reject bpfsnoop-exit-start \
	bpftrace bpftrace-reject bpftrace-start \
	multi-start multi-bpftrace-start fentry-start fentry-bpftrace-start \
	packet-base packet-peer-least-reject packet-peer-reject packet-least-reject packet-reject \
	packet-probe-reject ip-base ip-least-reject ip-pkt-reject ip-pkt-all-reject ip-plain ip-tuple
for r; do
	run "$r"
done
exit $failed
