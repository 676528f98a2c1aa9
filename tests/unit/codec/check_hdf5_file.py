"""Reads the file of hdf5_file.cpp with h5py: each dataset equals its unfiltered twin.

check_hdf5_file.py <program that writes the file> <file>
"""

import subprocess
import sys

import h5py
import numpy as np


def main():
    program, path = sys.argv[1:]
    subprocess.run([program, path], check=True)
    masks = set()
    with h5py.File(path, "r") as file:
        names = [name for name in file if not name.endswith("_expected")]
        assert len(names) == 28, names
        for name in names:
            dataset = file[name]
            assert np.array_equal(dataset[()], file[name + "_expected"][()]), name
            assert dataset.compression == "gzip", name
            stored = dataset.id.get_storage_size()
            assert stored < 0.8 * dataset.size * dataset.dtype.itemsize, (name, stored)
            masks.update(dataset.id.get_chunk_info(i).filter_mask for i in range(dataset.id.get_num_chunks()))
    assert masks == {0}, masks


main()
