"""Compares samples of the large files of fields.cpp with the rule in pattern.hpp, and removes them.

check_large.py COMMAND...   runs the command in the current directory and checks the *.h5 that it left there
"""

import pathlib
import subprocess
import sys

import h5py
import numpy as np


def expected(lower, upper, strides, dtype):
    place = np.zeros([1] * len(strides), dtype=np.int64)
    for axis, (low, high, stride) in enumerate(zip(lower, upper, strides)):
        index = np.arange(low, high, dtype=np.int64) * stride
        place = place + index.reshape([-1] + [1] * (len(strides) - 1 - axis))
    run = place // 64
    if np.issubdtype(dtype, np.floating):
        return run / 4 - 1000
    return (run * 37 % 127).astype(dtype)


def centres(shape, itemsize):
    """Cells where 32 bits end, counted in elements, in bytes and on an axis; corners; random ones."""
    size = int(np.prod([int(n) for n in shape], dtype=object))
    for power in (31, 32, 33):
        for unit in (1, itemsize):
            element = 2**power // unit
            if element < size:
                yield tuple(map(int, np.unravel_index(element, shape))), 2**power == element * unit
    yield tuple(0 for _ in shape), False
    yield tuple(n - 1 for n in shape), False
    random = np.random.default_rng(4)
    for _ in range(60):
        yield tuple(int(random.integers(n)) for n in shape), False


def check(path):
    samples = edges = cells = 0
    # Some chunks are larger than 2 GiB.
    with h5py.File(path, rdcc_nbytes=2**32) as file:
        data = file["run/field"]
        strides = [int(stride) for stride in data.attrs["strides"]]
        ranks = int(data.attrs["ranks"])
        shape = data.shape[1:]
        for step in range(data.shape[0]):
            # In their order in the file, so that a large chunk is inflated once.
            for centre, is_edge in sorted(centres(shape, data.dtype.itemsize)):
                reach = [1] * (len(shape) - 1) + [100]
                lower = [max(0, int(c) - r) for c, r in zip(centre, reach)]
                upper = [min(int(n), int(c) + r + 1) for c, r, n in zip(centre, reach, shape)]
                window = tuple(slice(low, high) for low, high in zip(lower, upper))
                read = data[(step, *window)]
                right = expected(lower, upper, strides, data.dtype)
                if data.fillvalue < 0:  # only a cell of each rank is put, near the end
                    is_put = np.arange(lower[0], upper[0]) - (shape[0] - 3)
                    right = np.where((is_put < 0) & (is_put >= -ranks), right, data.fillvalue)
                np.testing.assert_array_equal(read, right, str((step, window)))
                samples, edges, cells = samples + 1, edges + is_edge, cells + read.size
        print(f"{path.name}: {data.shape[0]} steps of {shape} {data.dtype}, {data.nbytes / 2**30:.2f} GiB in "
              f"{path.stat().st_blocks / 2**11:.0f} MiB; chunks {data.chunks[1:]}; {samples} windows of {cells} values "
              f"are right, {edges} of them around 2^31, 2^32 or 2^33", flush=True)
    return samples


def main():
    subprocess.run(sys.argv[1:], check=True)
    files = sorted(pathlib.Path().glob("*.h5"))
    if not files:
        sys.exit("the command left no files")
    for path in files:
        check(path)
        path.unlink()  # gigabytes, some of them
    print(f"{len(files)} files")


if __name__ == "__main__":
    main()
