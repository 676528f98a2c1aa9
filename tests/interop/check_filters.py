#!/usr/bin/env python3
"""Every chunk has passed every filter, and h5py notices when a byte of one is changed.

    check_filters.py [--change-bytes] DIRECTORY...

Each directory has the filters.h5 that tests/mpi/filters.cpp wrote. Values are compared with the formulas there. With
--change-bytes, bytes of chunks are inverted then, one at a time: h5py has to refuse the chunk, or to read the same
values (deflate has a few bits that mean nothing).
"""

import pathlib
import random
import sys
import tempfile

import h5py
import numpy as np

WHOLE = 300  # chunks up to this many bytes: every byte; larger ones: as many


def noise(numbers):
    """SplitMix64 of tests/mpi/filters.cpp."""
    z = (numbers.astype(np.uint64) + np.uint64(1)) * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


def expected_bits(name, dataset):
    """The values' bits as unsigned integers."""
    numbers = np.arange(dataset[0].size, dtype=np.int64).reshape(dataset.shape[1:])
    bits = np.dtype(f"u{dataset.dtype.itemsize}")
    if name.startswith("noise"):
        return noise(numbers).astype(bits)  # the lowest bytes
    values = np.full(numbers.shape, 7) if name.startswith("constant") else numbers // 16 % 100
    return values.astype(dataset.dtype).view(bits)


def bits_of(dataset, place):
    return np.ascontiguousarray(dataset[place]).view(f"u{dataset.dtype.itemsize}")


def positions_in(size, chance):
    """Bytes of a chunk that are to be changed: ends, where stored blocks begin, and others."""
    if size <= WHOLE:
        return range(size)
    special = {0, 1, 2, 3, 4, 5, 6, 7} | set(range(size - 4, size)) | set(range(2, size - 4, 65540))
    return sorted(special | {chance.randrange(size) for _ in range(40)})


def read_changed(path, name, info, position):
    """The chunk's values after one of its bytes was inverted; None where h5py refuses it. Mends the byte."""
    with open(path, "r+b", buffering=0) as file:
        file.seek(info.byte_offset + position)
        byte = file.read(1)[0]
        file.seek(info.byte_offset + position)
        file.write(bytes([byte ^ 0xFF]))
    try:
        with h5py.File(path, "r") as file:
            dataset = file[name]["values"]
            place = tuple(slice(start, start + extent) for start, extent in zip(info.chunk_offset, dataset.chunks))
            return bits_of(dataset, place)
    except OSError:
        return None
    finally:
        with open(path, "r+b", buffering=0) as file:
            file.seek(info.byte_offset + position)
            file.write(bytes([byte]))


def check_masks(path):
    """Returns the number of chunks, and some of them."""
    chunks = 0
    samples = []
    with h5py.File(path, "r") as file:
        for name in file:
            dataset = file[name]["values"]
            assert np.array_equal(bits_of(dataset, 0), expected_bits(name, dataset)), f"{name}: other values"
            infos = [dataset.id.get_chunk_info(i) for i in range(dataset.id.get_num_chunks())]
            assert infos, f"{name} has no chunks"
            for info in infos:
                assert info.filter_mask == 0, f"{name}: chunk {info.chunk_offset} has the mask {info.filter_mask:#b}"
            chunks += len(infos)
            samples += [(name, info) for info in {infos[0], infos[len(infos) // 2], infos[-1]}]
    return chunks, samples


def check_changes(path, samples, chance):
    changes = harmless = 0
    for name, info in samples:
        with h5py.File(path, "r") as file:
            right = bits_of(file[name]["values"], slice(None))
            extents = file[name]["values"].chunks
        right = right[tuple(slice(start, start + extent) for start, extent in zip(info.chunk_offset, extents))]
        for position in positions_in(info.size, chance):
            changes += 1
            read = read_changed(path, name, info, position)
            if read is not None:
                harmless += 1
                assert np.array_equal(read, right), f"{name}: byte {position} of {info.size} changed, other values read"
    assert changes > 2000, changes
    assert harmless < 0.02 * changes, (harmless, changes)
    return f"{changes - harmless} of {changes} changed bytes refused, {harmless} harmless"


def main():
    change_bytes = sys.argv[1] == "--change-bytes"
    for directory in sys.argv[2 if change_bytes else 1:]:
        path = pathlib.Path(directory) / "filters.h5"
        chunks, samples = check_masks(path)
        print(f"{path}: {chunks} chunks without a skipped filter")
        if not change_bytes:
            continue
        with tempfile.TemporaryDirectory() as scratch:
            copy = pathlib.Path(scratch) / path.name
            copy.write_bytes(path.read_bytes())
            print(f"{path}: {check_changes(copy, samples, random.Random(1))}")


if __name__ == "__main__":
    main()
