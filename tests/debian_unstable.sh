#!/usr/bin/env bash
# Builds and tests Tessera on Debian unstable from another Debian machine; see tests/debian_root.sh.
set -euo pipefail

script=${BASH_SOURCE[0]}
release=sid
title='Debian unstable'
about='Makes a root of Debian unstable with debootstrap (in 2026: HDF5 2.2, Open MPI 6.0, Kokkos 5.2, g++ 16), and runs
the suite in it. What is in it changes from day to day: a failure need not be of Tessera.'
# shellcheck source-path=SCRIPTDIR source=debian_root.sh
. "$(dirname "${BASH_SOURCE[0]}")/debian_root.sh"
