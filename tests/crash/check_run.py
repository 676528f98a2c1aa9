"""The content that crash_writer writes, checked with stock h5py."""

import h5py
import numpy as np

SHAPE = (21, 18, 16)
GLOBAL = np.arange(np.prod(SHAPE), dtype=np.float64).reshape(SHAPE)


class Wrong(Exception):
    """The file opens, but is not what was committed."""


def expect(condition, what):
    if not condition:
        raise Wrong(what)


def check_drops(run, steps):
    begins, counts = run["drops_begin"][:], run["drops_count"][:]
    expect(np.array_equal(counts, 5 * np.arange(steps) % 13) and len(begins) == steps, "rows of steps")
    if not counts.any():
        return
    ids, places = run["drop"][:], run["place"][:]
    expect(len(ids) == len(places) >= (begins + counts)[counts > 0].max(), "lengths of columns")
    for n, (begin, count) in enumerate(zip(begins, counts)):
        row = np.arange(count)
        expect(np.array_equal(ids[begin:begin + count], 1000 * n + row), f"drop, step {n}")
        expect(np.array_equal(places[begin:begin + count, 0], 0.5 * row), f"place, step {n}")
        expect((places[begin:begin + count, 1] == n).all(), f"place, step {n}")


def check_net(run, steps):
    versions = 1 + np.minimum(np.arange(steps) // 4, 2)
    expect(np.array_equal(run["net_version"][:], versions), "versions of the mesh")
    for version in set(versions):
        squares = 6 + 2 * version
        node, cell = np.arange(2 * squares + 2), np.arange(squares)
        corners = 2 * cell[:, None] + [0, 2, 3, 1]
        expect(np.array_equal(run[f"net_{version}_connectivity"][:], corners), f"cells of version {version}")
        expect(np.array_equal(run[f"net_{version}_x"][:], node // 2), f"nodes of version {version}")
        at, kind = run[f"at_{version}"][:], run[f"kind_{version}"][:]
        expect(len(at) == len(kind) == steps, f"steps of version {version}")
        for n in range(steps):
            if versions[n] != version:
                expect(np.isnan(at[n]).all() and (kind[n] == -1).all(), f"version {version} in step {n}")
                continue
            expect(np.array_equal(at[n], np.stack([node // 2 + 0.25 * n, node % 2], axis=1)), f"at, step {n}")
            expect(np.array_equal(kind[n], 10 * n + cell), f"kind, step {n}")


def check_snapshots(run, steps):
    expected = np.arange(steps)[np.arange(steps) % 3 == 1]
    if "snapshot_time" not in run:
        expect(len(expected) == 0, "no snapshots")
        return
    expect(np.array_equal(run["snapshot_time"][:], 0.25 * expected), "times of snapshots")
    expect(np.array_equal(run["norm"][:], 0.5 * expected), "scalars of snapshots")
    expect(run["snapshot"].shape == (len(expected), *SHAPE), "shape of snapshots")
    for row, n in enumerate(expected):
        expect(np.array_equal(run["snapshot"][row], n * 1e5 + GLOBAL + 0.1 * n), f"snapshot, step {n}")


def check_refinement(run, steps):
    for level, cells in (0, 24), (1, 32):
        boxes, values = run[f"amr_level{level}_box"][:], run[f"q_level{level}"][:]
        begins, counts = run[f"amr_level{level}_boxes_begin"][:], run[f"amr_level{level}_boxes_count"][:]
        at, sizes = run[f"amr_level{level}_cells_begin"][:], run[f"amr_level{level}_cells_count"][:]
        expect(len(begins) == len(counts) == len(at) == len(sizes) == steps, f"lengths of level {level}")
        expect((sizes == cells).all(), f"cells of level {level}")
        for n in range(steps):
            wanted = []
            for x, x_end, y, y_end in boxes[begins[n]:begins[n] + counts[n]]:
                row, column = np.mgrid[y:y_end + 1, x:x_end + 1]
                expect(level == 0 or x == x_end - 3 == 2 * (n // 2 % 4), f"box of step {n}")
                wanted.append((1000 * level + 10000 * n + 12 * row + column).ravel())
            found = values[at[n]:at[n] + cells]
            expect(np.array_equal(found, np.concatenate(wanted)), f"q, level {level}, step {n}")


def check_spanning(run, steps):
    """Fields with several steps in a chunk."""
    n, i = np.arange(steps)[:, None], np.arange(6)
    expect(np.array_equal(run["probes"][:], 1000.0 * n + i), "probes")
    expect(np.array_equal(run["gaps"][:], np.where(n % 4 != 2, 10 * n + i, -1)), "gaps")
    for name, length in ("probes", 4), ("gaps", 3):
        expect(run[name].chunks == (length, 6), f"chunks of {name}")
        expect(run[name].id.get_num_chunks() <= -(-steps // length), f"number of chunks of {name}")


def committed_steps(path):
    """Opens the file and checks every step in it, value by value; returns their number."""
    with h5py.File(path, "r") as file:
        if "simulation" not in file:
            expect(len(file) == 0, "a file without the run is empty")
            return 0
        run = file["simulation"]
        expect(run.attrs["resolution"] == 21 and run.attrs["label"] == "crash", "parameters")
        if "time" not in run:
            return 0  # it has a mesh, and no step yet
        steps = run["time"].shape[0]
        expect(np.array_equal(run["time"][:], 0.25 * np.arange(steps)), "times")
        expect(np.array_equal(run["energy"][:], 3.5 * np.arange(steps)), "scalars")
        expect(run["a"].shape == (steps, *SHAPE) and run["v"].shape == (steps, *SHAPE, 3), "shapes")
        for n in range(steps):
            expect(np.array_equal(run["a"][n], n * 1e5 + GLOBAL + 0.1 * n), f"a, step {n}")
            vector = (GLOBAL[..., None] + np.arange(3) * 0.25 + n).astype(np.float32)
            expect(np.array_equal(run["v"][n], vector), f"v, step {n}")
        check_spanning(run, steps)
        expect("drops_count" in run or "net_version" in run, "a table or a mesh")
        if "drops_count" in run:
            check_drops(run, steps)
            check_snapshots(run, steps)
        if "net_version" in run:
            check_net(run, steps)
        if "amr_level0_boxes_count" in run:
            check_refinement(run, steps)
        expect(list(run["component"].asstr()[:]) == ["vx", "vy", "vz"], "names of components")
        expect(np.array_equal(run["material"][:], (GLOBAL * 7).astype(np.int32)), "static field")
        expect(np.array_equal(run["z"][:], 0.5 * np.arange(SHAPE[0])), "coordinates")
        return steps
