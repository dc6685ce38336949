# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
#
# Words shared by the scripts of the tree; sourced, never run. The sourcing script has set
# -euo pipefail and, if it wants, PROG (its name in messages).

TREE=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
PROG=${PROG:-$(basename -- "$0")}
CACHE=${BPFSNOOP_CACHE:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/bpfsnoop}

# The kernels of the guests: short name, and behind it the packages to resolve.
KERNELS=(6.1 6.12)

note() { printf '%s: %s\n' "$PROG" "$*" >&2; }
die() { note "$*"; exit 1; }

# die_usage TEXT - wrong call of a script.
die_usage() { note "$*"; exit 2; }

have() { command -v -- "$1" >/dev/null 2>&1; }

# need COMMAND PACKAGE - stop with a clear message when COMMAND is not installed.
need() { have "$1" || die "$1 is missing; install the package $2 (./scripts/setup.sh does)"; }

# kernel_dir NAME - where the unpacked kernel NAME lives in the cache.
kernel_dir() { printf '%s/kernels/%s\n' "$CACHE" "$1"; }

# image_package NAME, headers_package NAME - the meta packages of a kernel.
image_package() {
	case $1 in
	6.1) echo linux-image-cloud-amd64 ;;
	*) echo "linux-image-$1-cloud-amd64" ;;
	esac
}
headers_package() {
	local p
	p=$(image_package "$1")
	echo "${p/image/headers}"
}

# known_kernel NAME - true for a kernel the guests have.
known_kernel() {
	local k
	for k in "${KERNELS[@]}"; do [ "$k" = "$1" ] && return 0; done
	return 1
}

# is_elf FILE
is_elf() { [ "$(LC_ALL=C head -c4 -- "$1" 2>/dev/null | tr -d '\0')" = $'\x7fELF' ]; }

# tree_key - a short name for this checkout, for build directories outside of it.
tree_key() { printf '%s' "$TREE" | sha256sum | cut -c1-12; }

# with_lock FILE COMMAND... - run COMMAND while holding an exclusive lock.
with_lock() {
	local lock=$1 fd
	shift
	mkdir -p -- "$(dirname -- "$lock")"
	exec {fd}>"$lock"
	flock "$fd"
	"$@"
	exec {fd}>&-
}

# heed_signals "$0" "$@" - a shell started in the background by another one ignores INT and cannot
# change that itself: start over with the default.
heed_signals() {
	if [ -n "$(trap -p INT QUIT)" ] && [ -z "${BPFSNOOP_HEEDS:-}" ]; then
		BPFSNOOP_HEEDS=1 exec env --default-signal=INT,QUIT -- bash "$@"
	fi
	unset BPFSNOOP_HEEDS
}

# build_tool NAME "SOURCE..." [FLAG...] - compile a small C program of tests/ once per content of its
# sources and the headers beside them; prints the program's path.
build_tool() {
	local name=$1 sources=$2 key out
	shift 2
	# shellcheck disable=SC2086 # one word per source
	key=$(cd -- "$TREE" && { cat -- $sources; echo "$@"; for f in $sources; do echo "${f%/*}"; done | sort -u |
		while read -r dir; do cat -- "$dir"/*.h 2>/dev/null || true; done; } | sha256sum | cut -c1-16)
	out=$CACHE/tools/$name-$key
	if [ ! -x "$out" ]; then
		need gcc gcc
		mkdir -p -- "$CACHE/tools"
		# shellcheck disable=SC2086
		(cd -- "$TREE" && gcc -std=gnu17 -D_GNU_SOURCE -O2 -iquote . "$@" -o "$out.$$" $sources) ||
			die "cannot compile $name"
		mv -f -- "$out.$$" "$out"
	fi
	printf '%s\n' "$out"
}

# build_bpf SOURCE [HEADER...] - compile a BPF program of tests/ once per content of these files; prints
# the object's path.
build_bpf() {
	local key out
	key=$(cd -- "$TREE" && cat -- "$@" | sha256sum | cut -c1-16)
	out=$CACHE/tools/$(basename -- "$1" .bpf.c)-$key.bpf.o
	if [ ! -e "$out" ]; then
		need clang clang
		mkdir -p -- "$CACHE/tools"
		(cd -- "$TREE" && clang -target bpf -mcpu=v3 -O2 -g -std=gnu17 -iquote . \
			-I"/usr/include/$(gcc -print-multiarch)" -c "$1" -o "$out.$$") ||
			die "cannot compile $1"
		mv -f -- "$out.$$" "$out"
	fi
	printf '%s\n' "$out"
}

# run_forwarding COMMAND... - run a child, pass signals on to it, return its status.
run_forwarding() {
	local sig status=0 pid
	"$@" &
	pid=$!
	for sig in INT TERM HUP QUIT USR1; do
		# shellcheck disable=SC2064 # now: $sig changes, $pid does not
		trap "kill -$sig $pid 2>/dev/null || true" $sig
	done
	while :; do
		wait "$pid" && status=0 || status=$?
		kill -0 "$pid" 2>/dev/null || break
	done
	trap - INT TERM HUP QUIT USR1
	return $status
}

# build_release NAME TARGET [FLAG...] - build TARGET into the cache's NAME, configured with FLAGs;
# prints its path.
build_release() {
	local dir log target=$2 launcher=()
	dir=$CACHE/build/$(tree_key)/$1
	log=$dir.log
	shift 2
	mkdir -p -- "$dir"
	if have ccache; then launcher=(-DCMAKE_C_COMPILER_LAUNCHER=ccache); fi
	if [ ! -e "$dir/build.ninja" ]; then
		note "building"
		(cd -- "$TREE" && cmake --preset release -B "$dir" "$@" "${launcher[@]}") >"$log" 2>&1 ||
			{ cat -- "$log" >&2; die "cannot configure"; }
	fi
	cmake --build "$dir" --target "$target" >"$log" 2>&1 ||
		{ tail -n 40 -- "$log" >&2; die "cannot build"; }
	find "$dir" -maxdepth 3 -type f -perm -100 -name "$target" | head -n 1
}

# build_bpfsnoop - build the release program for the scripts that use it; prints its path.
build_bpfsnoop() { build_release run bpfsnoop -DBUILD_TESTING=OFF; }

# flag_table - the program's flags, from its own table: `NAME -LETTER ARG`, LETTER empty when there is
# none, ARG 1 when it takes a value, 2 when it may, else 0.
flag_table() {
	sed -nE "s/^OPT(_ANY)?\(\"([^\"]*)\", (0|'(.)'), \"\[=.*/\2 -\4 2/p;t
		s/^OPT(_ANY)?\(\"([^\"]*)\", (0|'(.)'), (NULL|(\")).*/\2 -\4 \6/p
		s/^OPT_HIDDEN\(\"([^\"]*)\", (NULL|(\")).*/\1 - \3/p" \
		"$TREE/cmd/options.def" | sed 's/ $/ 0/; s/"$/1/'
}
