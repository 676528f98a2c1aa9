#!/usr/bin/env bash
# Builds the reference of the public headers into FOLDER; fails on any warning: build_docs.sh DOXYGEN FOLDER
set -euo pipefail

doxygen=$1 folder=$2
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
mkdir -p "$folder"
{ cat docs/Doxyfile && printf 'OUTPUT_DIRECTORY = "%s"\n' "$folder"; } | "$doxygen" -
printf 'reference: %s/html/index.html\n' "$folder"
