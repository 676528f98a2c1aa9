#!/usr/bin/env bash
# Compares the manual page with what the program says of itself: check_man_page.sh PROGRAM PAGE. Every option of one is
# in the other; and groff, where there is one, has nothing to complain of.
set -euo pipefail

program=$1
page=$2

options_in() {
  grep -oE -- '--[a-z][a-z-]*' | sort -u
}

verbs=$("$program" --help | sed -n '/^Subcommands:/,$ s/^  \([a-z]\{1,\}\) .*/\1/p')
said=$({
  "$program" --help
  for verb in $verbs; do "$program" "$verb" --help; done
} | options_in)
written=$(sed -e '/^\.\\"/d' -e 's/\\-/-/g' "$page" | options_in)
if ! diff <(printf '%s\n' "$said") <(printf '%s\n' "$written"); then
  printf 'The options of %s (<) are not those of %s (>)\n' "$program" "$page" >&2
  exit 1
fi
if ! command -v groff >/dev/null; then
  printf 'groff is missing: the page was not formatted\n'
  exit 0
fi
complaints=$(groff -man -ww -Tutf8 "$page" 2>&1 >/dev/null)
[ -z "$complaints" ] || { printf '%s\n' "$complaints" >&2 && exit 1; }
