#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# build.sh KERNEL [OUT.ko] - build the test module for a guest's kernel; prints the path of the .ko.
#
# Uses the headers packages as unpacked in the cache: the kernel's own Makefile is named by -f, as
# the one of the package names it by its installed path. The module gets BTF from pahole, on top of
# the BTF of the unpacked vmlinux. Built once per content of the sources and the kernel.
set -euo pipefail
PROG=kmod/build.sh
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/../../scripts/lib.sh"

[ $# -ge 1 ] || die_usage "usage: build.sh KERNEL [OUT.ko]"
kernel=$1 out=${2:-}
known_kernel "$kernel" || die_usage "no kernel $kernel; there are: ${KERNELS[*]}"
"$TREE/tests/vm/fetch.sh" "$kernel"
kdir=$(kernel_dir "$kernel")
release=$(cat -- "$kdir/release")
key=$(cd -- "$TREE/tests/kmod" && cat -- Kbuild build.sh ./*.c ./*.h ./*.def "$kdir/packages" |
	sha256sum | cut -c1-16)
ko=$kdir/kmod-$key/bpfsnoop_test.ko

build() {
	local headers=$kdir/root/usr/src/linux-headers-$release common work log
	[ ! -e "$ko" ] || return 0
	need make make
	need gcc-12 gcc-12
	need pahole dwarves
	common=$(echo "$kdir"/root/usr/src/linux-headers-*-common)
	work=$(mktemp -d -- "$kdir/kmod.tmp.XXXXXX")
	# shellcheck disable=SC2064
	trap "rm -rf -- '$work'" EXIT
	cp -- "$TREE"/tests/kmod/{Kbuild,*.c,*.h,*.def} "$work/"
	log=$work/log
	if ! make -s -C "$headers" -f "$common/Makefile" M="$work" PAHOLE=true RESOLVE_BTFIDS=true \
		modules >"$log" 2>&1 ||
		! pahole -J --btf_base "$kdir/vmlinux" "$work/bpfsnoop_test.ko" >>"$log" 2>&1; then
		sed 's/^/  /' "$log" >&2
		die "cannot build the module for Linux $kernel"
	fi
	strip --strip-debug "$work/bpfsnoop_test.ko"
	mkdir -p -- "${ko%/*}"
	mv -f -- "$work/bpfsnoop_test.ko" "$ko"
	rm -rf -- "$work"
}

[ -e "$ko" ] || with_lock "$kdir/.lock" build
if [ -n "$out" ]; then cp -- "$ko" "$out"; fi
printf '%s\n' "$ko"
