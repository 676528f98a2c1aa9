#!/usr/bin/env bash
# Checks every shell script of the repository: bash -n, shellcheck, and the executable bit. Non-zero when one fails.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Not `git ls-files`: the sources may be an unpacked archive, and a new script counts before it is added.
mapfile -t scripts < <(find . -path './build*' -prune -o -path './out' -prune -o -path './.git' -prune -o \
  -type f \( -name '*.sh' -o -path './.ci/*' \) -print | sort)

status=0
for script in "${scripts[@]}"; do
  bash -n "$script" || status=1
  if head -n 1 "$script" | grep -q '^#!' && [ ! -x "$script" ]; then
    printf '%s: has a "#!" line but is not executable\n' "$script"
    status=1
  fi
done
if command -v shellcheck >/dev/null; then
  shellcheck --external-sources "${scripts[@]}" || status=1
  printf 'summary: %d scripts\n' ${#scripts[@]}
else
  printf 'summary: %d scripts, without shellcheck, which is not installed\n' ${#scripts[@]}
fi
exit "$status"
