#!/usr/bin/env bash
# Builds a program against an installed Tessera with a compiler and pkg-config alone, and runs it on 2 ranks.
#
#     tests/install/compile_with_pkg_config.sh PREFIX COMPILER SOURCE DIRECTORY LAUNCHER
set -euo pipefail
prefix=$1 compiler=$2 source=$3 directory=$4 launch=$5

mkdir -p "$directory" && cd "$directory"
PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name tessera.pc)")
export PKG_CONFIG_PATH
read -ra flags <<< "$(pkg-config --cflags --libs tessera)"
"$compiler" -std=c++20 "$source" -o program "${flags[@]}" "-Wl,-rpath,$(pkg-config --variable=libdir tessera)"
if readelf -d program | grep -i kokkos; then
  echo "the program needs Kokkos" >&2
  exit 1
fi
"$launch" 2 ./program
