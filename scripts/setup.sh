#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# setup.sh [build] [test] [guest] [bench] - install the Debian packages that are missing.
#
# Without arguments those for build, test and guest. Does nothing, quickly, when all are there. Only
# the installation itself uses sudo, and only when we are not root.
set -euo pipefail
PROG=setup.sh
# shellcheck source=lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"

build=(gcc libc6-dev cmake ninja-build pkg-config clang llvm bpftool libbpf-dev libelf-dev zlib1g-dev
	libcapstone-dev binutils-dev libpcap-dev libcmocka-dev)
test=(libclang-rt-14-dev ccache patch tcpdump tshark)
guest=(qemu-system-x86 busybox-static cpio xz-utils make gcc-12 dwarves libc6-dev iproute2)
bench=(bpftrace)

packages=()
[ $# -gt 0 ] || set -- build test guest
for group; do
	case $group in
	build) packages+=("${build[@]}") ;;
	test) packages+=("${test[@]}") ;;
	guest) packages+=("${guest[@]}") ;;
	bench) packages+=("${bench[@]}") ;;
	*) die_usage "unknown group $group; there are: build test guest bench" ;;
	esac
done

have dpkg-query || die "this is not Debian; install what corresponds to: ${packages[*]}"

missing=()
installed=$(dpkg-query -W -f='${Package} ${db:Status-Abbrev}\n' 2>/dev/null |
	awk '$2 == "ii" { print $1 }')
for package in "${packages[@]}"; do
	case $'\n'$installed$'\n' in
	*$'\n'"$package"$'\n'*) ;;
	*) missing+=("$package") ;;
	esac
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif have sudo; then
		sudo -- "$@"
	else
		die "not root and no sudo; as root run: apt-get install ${missing[*]}"
	fi
}

note "installing ${missing[*]}"
install=(env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install)
# Lists may be missing or stale: refresh them only when it does not work without.
if ! as_root "${install[@]}" "${missing[@]}" >/dev/null 2>&1 </dev/null; then
	as_root apt-get -qq update >&2 || die "apt-get update failed"
	as_root "${install[@]}" "${missing[@]}" >&2 </dev/null ||
		die "cannot install ${missing[*]}; Debian 12's main archive is needed"
fi
