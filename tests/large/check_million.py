"""Looks at the file of million_chunks.cpp: all chunks are there, and samples are right.

check_million.py COMMAND... FILE   runs the command with the file's name, checks the file and removes it
"""

import pathlib
import subprocess
import sys

import h5py
import numpy as np

STEPS, CHUNKS, EDGE = 1000, 1000, 2
SAMPLES = 500


def check(path):
    random = np.random.default_rng(6)
    with h5py.File(path) as file:
        data = file["run/field"]
        assert data.shape == (STEPS, CHUNKS * EDGE, EDGE, EDGE) and data.chunks == (1, EDGE, EDGE, EDGE), data
        assert data.id.get_num_chunks() == STEPS * CHUNKS, data.id.get_num_chunks()
        np.testing.assert_array_equal(file["run/time"][:], np.arange(STEPS))
        stored = data.id.get_storage_size()
        cells = np.arange(CHUNKS * EDGE**3)
        whole = random.choice(STEPS, 3, replace=False)
        for step in [0, STEPS - 1, *map(int, whole)]:
            right = (step * 1000 + cells * 7 % 1001 + 0.5).reshape(data.shape[1:])
            np.testing.assert_array_equal(data[step], right, f"step {step}")
        for _ in range(SAMPLES):
            step, row = (int(random.integers(n)) for n in data.shape[:2])
            right = (step * 1000 + (row * EDGE**2 + np.arange(EDGE**2)) * 7 % 1001 + 0.5).reshape(EDGE, EDGE)
            np.testing.assert_array_equal(data[step, row], right, f"step {step}, row {row}")
    size = path.stat().st_size
    print(f"{STEPS * CHUNKS} chunks, {stored / 2**20:.0f} MiB of them in a file of {size / 2**20:.0f} MiB: "
          f"{(size - stored) / (STEPS * CHUNKS):.1f} bytes beyond its data per chunk; {SAMPLES} samples are right")


def main():
    path = pathlib.Path(sys.argv[-1])
    try:
        subprocess.run(sys.argv[1:], check=True)
        check(path)
    finally:
        path.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
