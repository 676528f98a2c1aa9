#!/usr/bin/env bash
# Checks files that the MPI tests wrote elsewhere (another HDF5, another MPI) with the readers of this machine.
#
#     check_foreign.sh FOREIGN [OWN]
#
# FOREIGN and OWN are folders tests/mpi of build folders; with OWN, files of the same name are compared by h5diff too.
# Python: $TESSERA_PYTHON or python3.
set -euo pipefail

[ $# -ge 1 ] || { printf 'usage: check_foreign.sh FOREIGN [OWN]\n' >&2 && exit 2; }
foreign=$1
own=${2-}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
python=${TESSERA_PYTHON:-python3}
checks=0
failed=()

# Folders mpi.* with manifests whose name matches a pattern.
folders_like() { # PATTERN
  local folder
  for folder in "$foreign"/$1; do
    if compgen -G "$folder/*.json" >/dev/null; then printf '%s\n' "$folder"; fi
  done
}

check() { # NAME COMMAND...
  local name=$1
  shift
  checks=$((checks + 1))
  printf '%s: ' "$name"
  "$@" || failed+=("$name")
}

mapfile -t all < <(folders_like 'mpi.*')
mapfile -t written < <(folders_like 'mpi.write.*np2')
if [ ${#written[@]} -eq 0 ]; then
  printf 'no files of the tests mpi.write in %s: run them first\n' "$foreign" >&2
  exit 1
fi
"$python" -c 'import h5py; print("h5py", h5py.version.version, "with HDF5", h5py.version.hdf5_version)'
check h5py "$python" "$here/check_files.py" "${all[@]}"
check h5dump "$python" "$here/check_h5dump.py" "${written[@]}"
check netcdf "$python" "$here/check_netcdf.py" "${written[@]}"
for engine in netcdf4 h5netcdf; do
  check "xarray $engine" "$python" "$here/check_xarray.py" "$engine" "${written[@]}"
done
if [ -n "$own" ]; then
  for folder in "${written[@]}"; do
    check "h5diff ${folder##*/}" "$python" "$here/check_same.py" "$folder" "$own/${folder##*/}"
  done
fi
if [ ${#failed[@]} -gt 0 ]; then
  printf 'failed: %s\n' "${failed[*]}"
  exit 1
fi
printf 'summary: %d checks of the files in %d folders\n' "$checks" "${#all[@]}"
