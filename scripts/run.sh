#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# run.sh [--guest[=KERNEL]] [bpfsnoop arguments] - install, build, and trace.
#
# Traces on this kernel when it permits. When the kernel itself refuses, or with --guest, the same
# command runs in a QEMU guest: streams, signals, status and files written with -o are as locally,
# COMMAND after -- and files named by arguments are taken along, and a small load (connects, file
# reads, forks, once a second) gives it something to see.
#
# Without arguments: a demonstration of a few seconds; status 0 only when it saw what it should.
set -euo pipefail
PROG=bpfsnoop
# shellcheck source=lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
heed_signals "$0" "$@"

DEMO=(-k tcp_connect --output-arg 'ip4(&sk->__sk_common.skc_daddr)')
GUEST_MB=2048
TAKE_ALONG_MAX_KB=65536 # a directory named by an argument

# --- the arguments ---------------------------------------------------------------------------------

guest='' informational=0
args=() command=()
flags=() values=() # those with a value: --NAME, and its value

# takes[FLAG] - `1` when it takes a value, `2` when it may, behind `=`; long_of[-X] - --NAME. From the
# program's own table.
declare -A takes long_of
read_table() {
	local name letter arg
	while read -r name letter arg; do
		takes[--$name]=$arg
		if [ "$letter" != - ]; then long_of[$letter]=--$name; fi
	done < <(flag_table)
	[ -n "${takes[--kfunc]:-}" ] || die "cannot read the flags in cmd/options.def"
}

# has_value FLAG VALUE
has_value() { flags+=("$1") values+=("$2"); }

# parse_flag FLAG VALUE_GIVEN VALUE [NEXT...] - one flag; true when it took NEXT. What is wrong is left
# to the program to tell: it does so before it looks at the kernel.
parse_flag() {
	local flag=$1 given=$2 value=$3
	shift 3
	case ${takes[$flag]:-}$given in
	11 | 21) has_value "$flag" "$value" ;;
	10)
		if [ $# -gt 0 ]; then
			has_value "$flag" "$1"
			return 0
		fi
		informational=1
		;;
	20) ;;
	00) case $flag in --help | --version) informational=1 ;; esac ;;
	*) informational=1 ;;
	esac
	return 1
}

# parse_letters WORD [NEXT...] - `-vD`, `-oFILE`, `-o=FILE`, `-vo FILE`; true when it took NEXT.
parse_letters() {
	local letters=${1#-} flag
	shift
	while [ -n "$letters" ]; do
		flag=${long_of[-${letters:0:1}]:-unknown}
		letters=${letters:1}
		if [ "${takes[$flag]:-0}" = 1 ] && [ -n "$letters" ]; then
			parse_flag "$flag" 1 "${letters#=}" || return 1
		elif [ "${letters:0:1}" = = ]; then
			informational=1
			return 1
		elif parse_flag "$flag" 0 '' "$@"; then
			return 0
		fi
	done
	return 1
}

# parse ARG... - the program's arguments into `args` and `command`, our own into `guest`.
parse() {
	local took
	while [ $# -gt 0 ]; do
		took=0
		case $1 in
		--)
			shift
			command=("$@")
			if [ $# = 0 ]; then informational=1 args+=(--); fi
			return 0
			;;
		--guest) guest=6.12; shift; continue ;;
		--guest=*) guest=${1#*=}; shift; continue ;;
		--*=*) parse_flag "${1%%=*}" 1 "${1#*=}" || true ;;
		--*) if parse_flag "$1" 0 '' "${@:2}"; then took=1; fi ;;
		-?*) if parse_letters "$@"; then took=1; fi ;;
		*) informational=1 ;;
		esac
		args+=("${@:1:1+took}")
		shift $((1 + took))
	done
}

read_table
parse "$@"
[ -z "$guest" ] || known_kernel "$guest" || die_usage "no guest with Linux $guest; there are: ${KERNELS[*]}"

# all - the arguments as bpfsnoop gets them.
all=("${args[@]}")
if [ ${#command[@]} -gt 0 ]; then all+=(-- "${command[@]}"); fi
demo=0
if [ ${#all[@]} = 0 ]; then
	demo=1
	all=("${DEMO[@]}" --timeout 4s)
fi

# --- where -----------------------------------------------------------------------------------------

# decide - sets `guest` when this kernel refuses; ends when only the user is the obstacle.
decide() {
	local check reason status=0
	check=$(build_tool hostcheck scripts/hostcheck.c)
	reason=$("$check") || status=$?
	case $status in
	0) ;;
	1)
		guest=6.12
		"$TREE/scripts/setup.sh" guest
		"$TREE/tests/vm/fetch.sh" "$guest"
		note "this kernel refuses tracing: $reason;" \
			"running in a QEMU guest with Linux $(guest_version) instead"
		;;
	*) die "not root: run it with sudo, or --guest" ;;
	esac
}

guest_version() { sed 's/[^0-9.].*//; s/-.*//' "$(kernel_dir "$guest")/release"; }

# --- the guest -------------------------------------------------------------------------------------

guest_args=()

# absolute PATH - without resolving links: the guest knows it by the name that was given.
absolute() { realpath -s -m -- "$1"; }

# take_along PATH - an existing file, or a directory that is not too large.
take_along() {
	local path
	path=$(absolute "$1")
	case $path in
	/ | /proc/* | /sys/* | /dev/* | /proc | /sys | /dev) return 0 ;;
	*:*) note "cannot take along $path: there is a colon in its name"; return 0 ;;
	esac
	if [ -d "$path" ]; then
		[ "$(du -skL -- "$path" 2>/dev/null | cut -f1)" -le $TAKE_ALONG_MAX_KB ] || return 0
	elif [ ! -f "$path" ] || [ ! -r "$path" ]; then
		return 0
	fi
	guest_args+=(-f "$path")
}

# take_program NAME - a program found by PATH, and the interpreter of a script.
take_program() {
	local path line
	case $1 in
	*/*) path=$1 ;;
	*) path=$(type -P -- "$1") || return 0 ;;
	esac
	take_along "$path"
	line=$(LC_ALL=C head -n 1 -- "$path" 2>/dev/null | tr -d '\0' || true)
	case $line in
	'#!'*)
		# shellcheck disable=SC2086 # interpreter and argument
		set -- ${line#\#!}
		if [ "${1##*/}" = env ] && [ $# -gt 1 ]; then shift; fi
		[ "$path" = "$1" ] || take_program "$1"
		;;
	esac
}

# bring_back FILE - what -o names: its directory is there in the guest, too, and it comes back.
bring_back() {
	local file=$1 path dir
	if [ "${file#+}" != "$file" ]; then
		file=${file#+}
		take_along "$file"
	fi
	path=$(absolute "$file")
	dir=${path%/*}
	if [ -d "$dir" ]; then guest_args+=(-d "${dir:-/}"); fi
	# A device of the guest stands for the host's.
	if [ -e "$path" ] && [ ! -f "$path" ]; then return 0; fi
	case $path in
	*:*) die "cannot bring back $path: there is a colon in its name" ;;
	esac
	guest_args+=(-o "$path:$path")
}

# scan_options - files that bpfsnoop's own arguments name.
scan_options() {
	local i
	for ((i = 0; i < ${#flags[@]}; i++)); do
		case ${flags[i]} in
		--output | --output-pcap | --output-flamegraph | --trace-file)
			[ -z "${values[i]}" ] || bring_back "${values[i]}"
			;;
		*) [ ! -f "${values[i]}" ] || take_along "${values[i]}" ;;
		esac
	done
}

# scan_command - COMMAND, files it names, and programs in a text for a shell.
scan_command() {
	local arg word
	[ ${#command[@]} -gt 0 ] || return 0
	take_program "${command[0]}"
	for arg in "${command[@]:1}"; do
		case $arg in
		*[[:space:]]*)
			for word in ${arg//[;|&()]/ }; do
				case $word in
				*/*) [ ! -f "$word" ] || take_along "$word" ;;
				*) take_program "$word" ;;
				esac
			done
			;;
		*) [ ! -e "$arg" ] || take_along "$arg" ;;
		esac
	done
}

# wants_colour - a terminal's user sees colours: the guest's bpfsnoop cannot know of the terminal.
wants_colour() {
	local flag
	[ -t 1 ] && [ -z "${NO_COLOR:-}" ] && [ "${TERM:-dumb}" != dumb ] || return 1
	for flag in "${flags[@]}"; do
		[ "$flag" != --color ] || return 1
	done
}

# in_guest RUNNER... - prepare, then run guest.sh by RUNNER (exec, or run_forwarding).
in_guest() {
	local trigger
	"$TREE/scripts/setup.sh" guest
	trigger=$(build_tool trigger tests/kernel/trigger.c -static -pthread)
	scan_options
	set -f # words of COMMAND's text are no patterns
	scan_command
	set +f
	if wants_colour; then all=(--color always "${all[@]}"); fi
	guest_args+=(-k "$guest" -m $GUEST_MB -t 0 -C "$PWD"
		-f "$bin:/usr/bin/bpfsnoop" -f "$trigger:/usr/bin/trigger")
	if [ -e /etc/localtime ]; then guest_args+=(-f "$(readlink -f /etc/localtime):/etc/localtime"); fi
	if [ -n "${TZ:-}" ]; then guest_args+=(-e "TZ=$TZ"); fi
	if [ -n "${NO_COLOR:-}" ]; then guest_args+=(-e "NO_COLOR=$NO_COLOR"); fi
	# shellcheck disable=SC2016 # the guest's shell expands it
	"$@" "$TREE/tests/vm/guest.sh" "${guest_args[@]}" -- \
		sh -c 'trigger load </dev/null >/dev/null 2>&1 & exec bpfsnoop "$@"' sh "${all[@]}"
}

# --- the demonstration -----------------------------------------------------------------------------

# demonstrate - shows the events, and succeeds only when the address was among them.
demonstrate() {
	local seen status=0 load='' tee_pid
	seen=$(mktemp -- "${TMPDIR:-/tmp}/bpfsnoop-demo.XXXXXX")
	# shellcheck disable=SC2064
	trap "rm -f -- '$seen'" EXIT
	note "demonstration: bpfsnoop ${DEMO[0]} ${DEMO[1]} ${DEMO[2]} '${DEMO[3]}'"
	exec 8> >(tee -- "$seen")
	tee_pid=$!
	if [ -n "$guest" ]; then
		in_guest run_forwarding >&8 || status=$?
	else
		"$(build_tool trigger tests/kernel/trigger.c -static -pthread)" load >/dev/null 2>&1 8>&- &
		load=$!
		run_forwarding "$bin" "${all[@]}" >&8 || status=$?
		kill "$load" 2>/dev/null || true
	fi
	exec 8>&-
	wait "$tee_pid" || true
	[ $status = 0 ] || return $status
	grep -q "^Arg attrs: .*=127\.0\.0\.1$" "$seen" || die "the demonstration saw no connect to 127.0.0.1"
}

# --- all -------------------------------------------------------------------------------------------

"$TREE/scripts/setup.sh" build
if [ -z "$guest" ] && [ $informational = 0 ]; then decide; fi
if [ -n "$guest" ] && [ $informational = 1 ]; then guest=''; fi
bin=$(build_bpfsnoop)
[ -n "$bin" ] || die "the build made no bpfsnoop"
if [ $demo = 1 ]; then
	demonstrate
elif [ -n "$guest" ]; then
	in_guest exec
else
	exec "$bin" "${all[@]}"
fi
