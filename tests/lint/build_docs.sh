#!/usr/bin/env bash
# Builds the reference of the public headers into DIRECTORY; fails on any warning: build_docs.sh DOXYGEN DIRECTORY
set -euo pipefail

doxygen=$1 directory=$2
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
mkdir -p "$directory"
{ cat docs/Doxyfile && printf 'OUTPUT_DIRECTORY = "%s"\n' "$directory"; } | "$doxygen" -
printf 'reference: %s/html/index.html\n' "$directory"
