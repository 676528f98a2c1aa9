"""The values that the tests in tests/mpi write, worked out again without Tessera (tests/mpi/support/formula.hpp)."""

import numpy as np

RADIX = np.uint64(1009)
SCATTER = np.uint64(0x9E3779B97F4A7C15)


def numbers(seed, step, lower, upper, components):
    """The number of every value in a box of cells, an array of the box's shape with the components behind."""
    with np.errstate(over="ignore"):
        number = np.uint64(seed) * RADIX + np.uint64(step + 1)
        ranges = [(low, high) for low, high in zip(lower, upper)] + [(0, components)]
        for axis, (low, high) in enumerate(ranges):
            index = np.arange(low + 1, high + 1, dtype=np.uint64)
            index = index.reshape([-1] + [1] * (len(ranges) - 1 - axis))
            number = number * RADIX + index
        return number


def values(number, dtype):
    """The numbers scattered over all bits of a type."""
    dtype = np.dtype(dtype)
    with np.errstate(over="ignore"):
        scattered = number * SCATTER
    if dtype == np.float64:
        return (scattered >> np.uint64(11)).astype(np.float64) * 2.0**-53 - 0.5
    if dtype == np.float32:
        return (scattered >> np.uint64(40)).astype(np.float32) * np.float32(2.0**-24) - np.float32(0.5)
    top = scattered >> np.uint64(64 - 8 * dtype.itemsize)
    return top.astype(f"u{dtype.itemsize}").view(dtype)


def box_values(seed, step, lower, upper, components, dtype):
    return values(numbers(seed, step, lower, upper, components), dtype)


# Zeros, infinities, quiet NaN with a payload, subnormal numbers, of both signs.
SPECIAL_DOUBLES = np.array(
    [0, 1 << 63, 0x7FF << 52, 0xFFF << 52, 0x7FF8000000012345, 0xFFF8000000012345, 1, 0x800FD1D7D505CD02],
    dtype=np.uint64,
)
