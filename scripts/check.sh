#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# check.sh [NAME...] - fast checks of the sources that need no build; check.sh --format
#
# Without names all of them. One line per check on stdout, `PASS|FAIL check.NAME`; what is wrong goes
# to stderr. Status 0 when all passed. --format lists the C files that clang-format would change; it
# is offered, not asked for.
set -euo pipefail
PROG=check.sh
# shellcheck source=lib.sh
. "$(dirname -- "${BASH_SOURCE[0]}")/lib.sh"
cd -- "$TREE"

LINES_MAX=1000

# files [PATTERN...] - files of the tree, by git's patterns; without git all but build directories.
files() {
	if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
		git ls-files -- "$@"
	else
		find . -type f -not -path './build*' -not -path './.git/*' | sed 's,^\./,,' |
			while read -r f; do
				[ $# -gt 0 ] || { echo "$f"; continue; }
				# shellcheck disable=SC2053 # a pattern
				for p; do if [[ $f == $p ]]; then echo "$f"; break; fi; done
			done
	fi | while IFS= read -r f; do [ ! -f "$f" ] || printf '%s\n' "$f"; done
}

wrong=0
# bad TEXT - one finding.
bad() {
	printf '  %s\n' "$*" >&2
	wrong=1
}

# --- includes: base <- btf <- asm <- lib <- cmd; bpf/abi is for all --------------------------------

# may_include DIR - the roots that a file in DIR may include from.
may_include() {
	case $1 in
	base) echo base ;;
	btf) echo base btf ;;
	asm) echo base btf asm bpf/abi ;;
	lib) echo base btf asm lib bpf/abi ;;
	cmd) echo base btf asm lib cmd bpf/abi ;;
	bpf) echo bpf ;;
	esac
}

check_includes() {
	local dir file line inc root ok
	for dir in base btf asm bpf lib cmd; do
		while IFS=: read -r file line inc; do
			[ -n "$file" ] || continue
			inc=${inc#*\"} inc=${inc%%\"*} ok=0
			for root in $(may_include $dir); do
				case $inc in "$root"/*) ok=1 ;; esac
			done
			[ $ok = 1 ] || bad "$file:$line: $dir/ must not include \"$inc\""
		done < <(files "$dir/*.c" "$dir/*.h" | xargs -r grep -HnE '^[[:space:]]*#[[:space:]]*include[[:space:]]*"' || true)
	done
}

# --- SPDX: the licence of a directory in the first lines of each source ----------------------------

licence_of() {
	case $1 in
	bpf/*.c | bpf/*.h) echo '(GPL-2.0-only OR BSD-2-Clause)' ;;
	tests/bench/*.bpf.c | tests/kernel/*.bpf.c) echo '(GPL-2.0-only OR BSD-2-Clause)|BSD-2-Clause' ;;
	tests/kmod/*.sh) echo BSD-2-Clause ;;
	tests/kmod/*) echo GPL-2.0-only ;;
	*) echo BSD-2-Clause ;;
	esac
}

check_spdx() {
	local file got
	while IFS= read -r file; do
		got=$(head -n 2 -- "$file" | sed -n 's,.*SPDX-License-Identifier: *,,p' | sed 's, *\*/$,,')
		case "|$(licence_of "$file")|" in
		*"|$got|"*) [ -n "$got" ] || bad "$file: no SPDX line" ;;
		*) bad "$file: SPDX line says '$got', expected $(licence_of "$file")" ;;
		esac
	done < <(files '*.c' '*.h' '*.def' '*.S' '*.sh' '*.cmake' '*CMakeLists.txt' '*.case' '*Kbuild' .ci/run tests/skips.txt)
}

# --- options: what cmd/options.def has is in the manual, and the other way round -------------------

# Without those of OPT_HIDDEN(), which the manual must not name.
option_names() { sed -nE 's/^OPT(_ANY)?\("([^"]*)".*/\2/p' cmd/options.def; }

check_options() {
	local name
	[ -n "$(option_names)" ] || bad "cmd/options.def: no options found"
	for name in $(option_names); do
		grep -qE -- "^\| \`(-[A-Za-z], )?--$name[ \`]" docs/manual.md || bad "docs/manual.md: no row for --$name"
	done
	[ "$(flag_table | grep -cE '^[a-z-]+ -.? [012]$')" = "$(grep -c '^OPT' cmd/options.def)" ] ||
		bad "scripts/lib.sh: flag_table does not read all of cmd/options.def"
	for name in $(sed -nE 's/^\| `(-[A-Za-z], )?--([a-z-]+).*/\2/p' docs/manual.md); do
		option_names | grep -qx -- "$name" || bad "docs/manual.md: --$name is not in cmd/options.def, or hidden"
	done
}

# --- length: no file over 1,000 lines --------------------------------------------------------------

check_length() {
	local file n
	while IFS= read -r file; do
		n=$(wc -l <"$file")
		[ "$n" -le $LINES_MAX ] || bad "$file: $n lines; split it by noun or stage"
	done < <(files '*.c' '*.h' '*.def' '*.sh' '*.cmake' '*CMakeLists.txt' '*.md' '*.case')
}

# --- paths: nothing names a place on somebody's machine --------------------------------------------

check_paths() {
	local hit
	while IFS= read -r hit; do
		bad "$hit"
	done < <(
		files | xargs -r grep -HnIE '(^|[^][:alnum:]_.$}/"-]|[^[:alnum:]_}]")/(home|Users|root|work|mnt|srv)/[[:alnum:]_.]' || true
		files | xargs -r grep -HnIF -- "$TREE/" || true
	)
}

# --- tests: every unit test file is registered -----------------------------------------------------

check_tests() {
	local file dir name list lists
	while IFS= read -r file; do
		grep -q '^int main(' "$file" || continue
		dir=${file#tests/unit/} dir=${dir%/*} name=${file##*/} name=${name%.c}
		lists=()
		for list in "tests/unit/$dir/CMakeLists.txt" "tests/$dir/CMakeLists.txt"; do
			[ ! -f "$list" ] || lists+=("$list")
		done
		[ ${#lists[@]} -gt 0 ] &&
			grep -qE "unit_test\($dir/$name[ )]|foreach\(.*\<$name\>" "${lists[@]}" ||
			bad "$file: not registered in a CMakeLists.txt"
	done < <(files 'tests/unit/*.c')
}

# --- links: files that the documents link to exist -------------------------------------------------

check_links() {
	local file link
	while IFS= read -r file; do
		while IFS= read -r link; do
			link=${link%%#*}
			case $link in '' | *://*) continue ;; esac
			[ -e "$(dirname -- "$file")/$link" ] || bad "$file: no such file: $link"
		done < <(grep -oE '\]\([^) ]+\)' "$file" | sed 's/^](//; s/)$//' || true)
	done < <(files '*.md')
}

CHECKS=(includes spdx options length paths tests links)

if [ "${1:-}" = --format ]; then
	need clang-format clang-format
	mapfile -t sources < <(files '*.c' '*.h')
	clang-format --dry-run --ferror-limit=1 "${sources[@]}" 2>&1 |
		sed -n 's/^\([^:]*\):.*code should be clang-formatted.*/\1/p' | sort -u
	exit 0
fi
status=0
for name in "${@:-${CHECKS[@]}}"; do
	[ "$(type -t "check_$name")" = function ] || die_usage "no check $name; there are: ${CHECKS[*]}"
	wrong=0
	"check_$name"
	if [ $wrong = 0 ]; then
		echo "PASS check.$name"
	else
		echo "FAIL check.$name"
		status=1
	fi
done
exit $status
