"""The boxes and values of tests/mpi/support/levels.hpp, worked out anew. Boxes are (z, y, x) of first and last + 1."""

import numpy as np

CELLS, RATIO, SPACING, ORIGIN = (6, 8, 10), (1, 2, 3), (0.5, 1.0, 2.0), (-1.0, 0.0, 1.0)
LEVELS = 3
MOVING, STEADY, LAST_RANK = range(3)


def boxes(kind, level, step):
    step = 0 if kind == STEADY else step
    s = step % 3
    if level == 0:
        return [((0, 0, 0), (6, 3, 4)), ((0, 0, 4), (6, 3, 10)), ((0, 3, 0), (6, 8, 4)), ((0, 3, 4), (6, 8, 10))]
    if level == 1 and step != 3:
        return [((2, 2 + 2 * s, 4), (8, 8 + 2 * s, 10)), ((2, 2 + 2 * s, 10), (8, 6 + 2 * s, 16))]
    if level == 2 and step % 2 == 0:
        return [((9, 12 + 6 * s, 15), (18, 18 + 6 * s, 24)), ((6, 6 + 6 * s, 27), (9, 12 + 6 * s, 33))]
    return []


def owner(kind, level, number, step, ranks):
    if kind == LAST_RANK:
        return ranks - 1
    return (level + number + (0 if kind == STEADY else step)) % ranks


def in_file_order(kind, level, step, ranks):
    """Those of rank 0 first."""
    numbered = [(owner(kind, level, number, step, ranks), number, box)
                for number, box in enumerate(boxes(kind, level, step))]
    return [box for _, _, box in sorted(numbered)]


def values(level, step, box):
    z, y, x = np.meshgrid(*(np.arange(first, end) for first, end in zip(*box)), indexing="ij")
    return 1e9 * level + 1e7 * step + (z * 48 + y) * 60 + x


def arrays(level, step, box):
    """By name, with the types in the file; x is the fastest axis."""
    value = values(level, step, box)
    whole = value.astype(np.int64)
    return {"density": value,
            "velocity": np.stack([whole % 65536 + axis for axis in range(3)], axis=-1).astype(np.float32),
            "pressure": value.astype(np.float32),
            "burning": (whole % 3 == 0).astype(np.int8)}
