#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# fetch.sh [--update] [KERNEL...] - download and unpack the kernels of the guests.
#
# Resolves Debian's meta packages to their current version, downloads image and headers packages
# and unpacks them (nothing is installed, root is not needed) to
#
#   $CACHE/kernels/KERNEL/root      the packages' files
#   $CACHE/kernels/KERNEL/release   `uname -r` of the kernel
#   $CACHE/kernels/KERNEL/bzImage   the kernel as packaged
#   $CACHE/kernels/KERNEL/vmlinux   the ELF image inside of it, which boots faster
#
# A kernel that is there is left alone unless --update is given and its package has changed. The
# directory appears by one rename: an interrupted run leaves nothing half done.
set -euo pipefail
PROG=fetch.sh
# shellcheck source=../../scripts/lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/../../scripts/lib.sh"

update=0
work=
trap '[ -z "$work" ] || rm -rf -- "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# depends PACKAGE REGEX - the direct dependencies of PACKAGE matching REGEX.
depends() { apt-cache depends --no-recommends --no-suggests "$1" 2>/dev/null |
	sed -n 's/^ *Depends: //p' | grep -E -- "$2" || true; }

# resolve KERNEL - names of all packages to download, the image first.
resolve() {
	local image headers
	image=$(depends "$(image_package "$1")" '^linux-image-' | head -1)
	headers=$(depends "$(headers_package "$1")" '^linux-headers-' | head -1)
	[ -n "$image" ] || die "no package $(image_package "$1"): run apt-get update, and use Debian 12's sources"
	[ -n "$headers" ] || die "no package $(headers_package "$1"): run apt-get update"
	echo "$image"
	echo "$headers"
	depends "$headers" '^linux-(headers|kbuild)-'
}

# download DIR PACKAGE... - the packages' files into DIR; refreshes stale lists once, as root.
download() {
	local dir=$1 opt=(-qq -o APT::Sandbox::User=root)
	shift
	(cd "$dir" && apt-get "${opt[@]}" download "$@" 2>err) && return 0
	if [ "$(id -u)" = 0 ] && apt-get "${opt[@]}" update >/dev/null 2>&1; then
		(cd "$dir" && apt-get "${opt[@]}" download "$@" 2>err) && return 0
	fi
	sed 's/^/  /' "$dir/err" >&2
	die "cannot download $*"
}

# inflate BZIMAGE MAGIC OUT COMMAND... - try COMMAND at each offset of MAGIC until an ELF comes out.
inflate() {
	local image=$1 magic=$2 out=$3 pos
	shift 3
	have "$1" || return 1
	for pos in $(LC_ALL=C grep -abobUP "$magic" "$image" | cut -d: -f1); do
		tail -c+$((pos + 1)) "$image" | "$@" >"$out" 2>/dev/null || true
		is_elf "$out" && return 0
	done
	return 1
}

# extract BZIMAGE OUT - the ELF image inside a bzImage.
extract() {
	inflate "$1" '\xfd7zXZ\x00' "$2" xz -dc || inflate "$1" '\x28\xb5\x2f\xfd' "$2" zstd -dc ||
		inflate "$1" '\x1f\x8b\x08' "$2" gzip -dc ||
		inflate "$1" '\x02\x21\x4c\x18' "$2" lz4 -dc || die "no kernel inside $1"
}

# unpack KERNEL PACKAGE... - fill $work from the packages.
unpack() {
	local kernel=$1 deb rel
	shift
	note "downloading Linux $kernel ($1)"
	mkdir "$work/debs" "$work/root"
	download "$work/debs" "$@"
	for deb in "$work"/debs/*.deb; do dpkg-deb -x "$deb" "$work/root"; done
	rm -rf -- "$work/debs"
	rel=$(basename -- "$work"/root/boot/vmlinuz-*)
	rel=${rel#vmlinuz-}
	echo "$rel" >"$work/release"
	echo "$@" >"$work/packages"
	ln -s "root/boot/vmlinuz-$rel" "$work/bzImage"
	extract "$work/bzImage" "$work/vmlinux"
	rm -f -- "$work"/root/boot/System.map-*
}

fetch_one() {
	local kernel=$1 dir packages
	dir=$(kernel_dir "$kernel")
	if [ -e "$dir/vmlinux" ] && [ $update = 0 ]; then return 0; fi
	need apt-get apt
	need dpkg-deb dpkg
	need xz xz-utils
	packages=$(resolve "$kernel")
	# shellcheck disable=SC2086 # one word per package
	set -- $packages
	[ "$(cat -- "$dir/packages" 2>/dev/null)" = "$*" ] && return 0
	work=$(mktemp -d -- "$dir.tmp.XXXXXX")
	unpack "$kernel" "$@"
	chmod 755 "$work"
	rm -rf -- "$dir"
	mv -T -- "$work" "$dir"
	work=
}

kernels=()
for arg; do
	case $arg in
	--update) update=1 ;;
	-*) die_usage "unknown option $arg" ;;
	*) known_kernel "$arg" || die_usage "no kernel $arg; there are: ${KERNELS[*]}"
		kernels+=("$arg") ;;
	esac
done
[ ${#kernels[@]} -gt 0 ] || kernels=("${KERNELS[@]}")
for kernel in "${kernels[@]}"; do
	if [ ! -e "$(kernel_dir "$kernel")/vmlinux" ] || [ $update = 1 ]; then
		with_lock "$CACHE/kernels/.lock.$kernel" fetch_one "$kernel"
	fi
done
