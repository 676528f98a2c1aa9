#!/usr/bin/env bash
# Builds and tests Tessera on Debian 13 from another Debian machine; see tests/debian_root.sh.
set -euo pipefail

script=${BASH_SOURCE[0]}
release=trixie
title='Debian 13'
about='Makes a Debian 13 root with debootstrap (HDF5 1.14.5, Open MPI 5.0.7, g++ 14), and runs the suite in it.'
# shellcheck source-path=SCRIPTDIR source=debian_root.sh
. "$(dirname "${BASH_SOURCE[0]}")/debian_root.sh"
