#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# guest.sh [options] -- COMMAND [ARG...] - run one command in a throw-away QEMU guest.
#
#   -k KERNEL       6.1 or 6.12 (default 6.12)
#   -f SRC[:DST]    copy a file or directory into the guest (default: at the same absolute path);
#                   programs get their shared libraries too; repeatable
#   -M MODULE       load a module, by its name in the kernel's package or by the path of a .ko;
#                   repeatable, in this order
#   -o GPATH:HPATH  afterwards bring the guest's file back to the host's path HPATH; repeatable
#   -d DIR          make this directory; repeatable
#   -e NAME=VALUE   environment of the command; repeatable
#   -C DIR          working directory of the command (made when missing)
#   -m MB           memory (default 1024)          -s N     CPUs, all in one TCG thread (default 1)
#   -i OPT          qemu -icount OPT               -c CPU   qemu -cpu (default max)
#   -b              boot the bzImage (KASLR) instead of the unpacked ELF image
#   -a ARGS         more kernel command line       -Q ARGS  more qemu arguments
#   -t SECONDS      give up then, status 124 (default 120; 0: never)
#   -v              kernel console on stderr at the end, and times
#
# stdout and stderr of the command are ours, separately; INT, TERM, HUP, QUIT and USR1 reach it;
# our status is its status (124 timeout; 125 the guest died, or wrong usage).
set -euo pipefail
PROG=guest.sh
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/../../scripts/lib.sh"
heed_signals "$0" "$@"
VM=$TREE/tests/vm

fail() { note "$*"; exit 125; }

kernel=6.12 mem=1024 cpus=1 cpu=max icount='' bz=0 append='' qemu_args='' seconds=120 verbose=0 cwd=/
files=() modules=() outs=() dirs=() env=()
while getopts k:f:M:o:d:e:C:m:s:i:c:ba:Q:t:v opt; do
	case $opt in
	k) kernel=$OPTARG ;; f) files+=("$OPTARG") ;; M) modules+=("$OPTARG") ;;
	o) outs+=("$OPTARG") ;; d) dirs+=("$OPTARG") ;; e) env+=("$OPTARG") ;; C) cwd=$OPTARG ;;
	m) mem=$OPTARG ;; s) cpus=$OPTARG ;; i) icount=$OPTARG ;; c) cpu=$OPTARG ;;
	b) bz=1 ;; a) append=$OPTARG ;; Q) qemu_args=$OPTARG ;; t) seconds=$OPTARG ;;
	v) verbose=1 ;;
	*) exit 125 ;;
	esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || fail "no command"
known_kernel "$kernel" || fail "no kernel $kernel; there are: ${KERNELS[*]}"
need qemu-system-x86_64 qemu-system-x86
need busybox busybox-static
need cpio cpio
"$VM/fetch.sh" "$kernel"
kdir=$(kernel_dir "$kernel")

work=$(mktemp -d -- "${TMPDIR:-/tmp}/bpfsnoop-guest.XXXXXX")
trap 'rm -rf -- "$work"' EXIT
# Before the guest runs a signal just ends us, through the EXIT trap.
trap 'exit 130' INT
trap 'exit 143' TERM

# --- the two programs, and the part of the image that is the same every time ------------------------

module_cat() {
	case $1 in
	*.xz) xz -dc -- "$1" ;;
	*.zst) zstd -qdc -- "$1" ;;
	*) cat -- "$1" ;;
	esac
}

# put_file DIR FILE - the module file FILE as the next one in DIR, once.
put_file() {
	local dir=$1 file=$2 name n
	name=${file##*/}
	name=${name%%.ko*}
	name=${name//-/_}.ko
	if compgen -G "$dir/*-$name" >/dev/null; then return 0; fi
	n=$(find "$dir" -name '*.ko' | wc -l)
	module_cat "$file" >"$(printf '%s/%s%03d-%s' "$dir" "$order" "$n" "$name")"
}

# put_module DIR NAME - a module of the package after those it depends on; built in: nothing.
put_module() {
	local dir=$1 file dep
	file=$(find "$kdir/root/lib/modules" -name "${2//[_-]/[_-]}.ko*" | head -1)
	[ -n "$file" ] || return 0
	for dep in $(module_cat "$file" | tr '\0' '\n' | LC_ALL=C sed -n 's/^depends=//p' | tr , ' '); do
		put_module "$dir" "$dep"
	done
	put_file "$dir" "$file"
}

archive() { (cd "$1" && find -L . -mindepth 1 -print0 | cpio -0 -o -L -H newc -R 0:0 --quiet 2>/dev/null); }

# build_base OUT AGENT - directories, busybox, the agent and the modules it needs itself.
build_base() {
	local out=$1 agent=$2 s=$work/base d
	[ ! -e "$out" ] || return 0
	mkdir -p -- "$s"/{agent/modules,dev,etc,mods,proc,root,run,sys,tmp,usr/{bin,lib,lib64,sbin},var}
	for d in bin sbin lib lib64; do ln -s "usr/$d" "$s/$d"; done
	cp -- "$(command -v busybox)" "$s/usr/bin/busybox"
	for d in $(busybox --list); do [ "$d" = busybox ] || ln -s busybox "$s/usr/bin/$d"; done
	printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n' >"$s/etc/passwd"
	printf 'root:x:0:\nnogroup:x:65534:\n' >"$s/etc/group"
	printf '127.0.0.1 localhost\n' >"$s/etc/hosts"
	cp -- "$agent" "$s/init"
	order=0
	for d in virtio_pci virtio_console; do put_module "$s/agent/modules" "$d"; done
	(cd "$s" && find . -mindepth 1 -print0 | cpio -0 -o -H newc -R 0:0 --quiet) >"$out.$$"
	mv -f -- "$out.$$" "$out"
}

agent=$(build_tool agent tests/vm/agent.c -static -pthread)
relay=$(build_tool relay tests/vm/relay.c)
key=$(cat -- "$agent" "${BASH_SOURCE[0]}" "$(command -v busybox)" | sha256sum | cut -c1-16)
base=$kdir/base-$key.cpio
[ -e "$base" ] || with_lock "$kdir/.lock" build_base "$base" "$agent"

# --- the part of the image that is this run's: links to the files, archived through the links --------

s=$work/root
mkdir -p -- "$s/agent/modules"

# guest_path PATH - where a host's absolute path lives in the guest, whose /lib is /usr/lib.
guest_path() {
	case $1 in
	/lib/* | /lib64/* | /bin/* | /sbin/*) echo "/usr$1" ;;
	*) echo "$1" ;;
	esac
}

put() {
	local dst
	dst=$s$(guest_path "$2")
	mkdir -p -- "${dst%/*}"
	[ -e "$dst" ] || ln -s -- "$1" "$dst"
}

put_libraries() {
	local lib
	for lib in $(ldd "$1" 2>/dev/null | grep -o '/[^ ]*' || true); do
		[ ! -e "$lib" ] || put "$lib" "$lib"
	done
}

put_tree() {
	local src dst=$2 file
	src=$(realpath -- "$1") || fail "no such file: $1"
	put "$src" "$dst"
	while IFS= read -r file; do
		if is_elf "$file"; then put_libraries "$file"; fi
	done < <(find -L "$src" -type f \( -perm -100 -o -name '*.so*' \))
}

for f in "${files[@]}"; do
	src=${f%%:*} dst=${f#*:}
	[ -e "$src" ] || fail "no such file: $src"
	[ "$dst" != "$f" ] || dst=$(realpath -s -- "$src")
	put_tree "$src" "$dst"
done
order=1
for m in "${modules[@]}"; do
	case $m in
	*.ko | *.ko.xz)
		[ -e "$m" ] || fail "no such module: $m"
		put_file "$s/agent/modules" "$m"
		;;
	*) put_module "$s/agent/modules" "$m" ;;
	esac
done
for d in "$cwd" "${dirs[@]}"; do mkdir -p -- "$s$(guest_path "$d")"; done
printf '%s\0' "$@" >"$s/agent/argv"
for e in "${env[@]}"; do printf '%s\0' "$e"; done >"$s/agent/env"
printf '%s\n' "$cwd" >"$s/agent/cwd"
for o in "${outs[@]}"; do printf '%s\n' "${o%%:*}"; done >"$s/agent/outs"
{ cat -- "$base"; archive "$s"; } >"$work/initrd"

# --- run -------------------------------------------------------------------------------------------

image=$kdir/vmlinux
[ $bz = 0 ] || image=$kdir/bzImage
args=(qemu-system-x86_64 -machine pc -accel tcg,thread=single -cpu "$cpu" -smp "$cpus" -m "$mem"
	-display none -nodefaults -no-reboot -device isa-debug-exit,iobase=0xf4,iosize=1
	-kernel "$image" -initrd "$work/initrd"
	-append "console=ttyS0 quiet loglevel=4 panic=-1 random.trust_cpu=on cryptomgr.notests tsc=reliable $append"
	-chardev "file,id=console,path=$work/console" -device isa-serial,chardev=console
	-device virtio-serial-pci -chardev socket,id=agent,fd=FD
	-device virtserialport,chardev=agent,name=bpfsnoop.agent)
[ -z "$icount" ] || args+=(-icount "$icount")
# shellcheck disable=SC2206 # words are wanted
[ -z "$qemu_args" ] || args+=($qemu_args)

start=$EPOCHREALTIME
status=0
run_forwarding "$relay" -t "$seconds" -T "$work/tar" -- "${args[@]}" || status=$?

# bring_one SRC DST - keeps the owner and mode of a file that is there.
bring_one() {
	if { [ -d "$1" ] && cp -rT -- "$1" "$2"; } || cat -- "$1" >"$2"; then return 0; fi
	note "cannot bring back $2"
	[ $status != 0 ] || status=1
}

bring_back() {
	local o src dst
	[ -s "$work/tar" ] || return 0
	mkdir -- "$work/back"
	tar -xmf "$work/tar" -C "$work/back" --no-same-owner
	for o in "${outs[@]}"; do
		src=$work/back${o%%:*} dst=${o#*:}
		[ ! -e "$src" ] || bring_one "$src" "$dst"
	done
}
bring_back
if [ $verbose = 1 ]; then
	cat -- "$work/console" >&2
	note "$(awk -v a="$start" -v b="$EPOCHREALTIME" 'BEGIN { printf "%.2f s", b - a }')" \
		"image $(($(stat -c %s -- "$work/initrd") / 1000)) kB"
fi
if [ $status = 124 ]; then
	note "gave up after $seconds s"
elif [ $status = 125 ]; then
	note "the guest died; its last words:"
	tail -n 25 -- "$work/console" >&2 || true
fi
exit $status
