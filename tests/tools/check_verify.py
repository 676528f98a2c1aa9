#!/usr/bin/env python3
"""tessera verify on good, killed, live, foreign, truncated and damaged files.

    check_verify.py TESSERA LAUNCH WRITER [FLIPS]

FLIPS: so many files with one damaged byte, anywhere. What is found is compared with what h5py reads.
"""

import os
import random
import subprocess
import sys
import time

import h5py
import numpy

from program import LAUNCH, WRITER, end, require, tessera, tessera_json, write, write_and_kill

FLIPS = int(sys.argv[4]) if len(sys.argv) > 4 else 60
FIELDS = ("a", "v", "material")


def datasets(path):
    found = {}
    with h5py.File(path, "r") as file:
        file.visititems(lambda name, item: found.update({name: item[()]}) if isinstance(item, h5py.Dataset) else None)
    return found


def chunk_places(path, name):
    """(address, size, coordinates) of each chunk, by HDF5's own call."""
    with h5py.File(path, "r") as file:
        dataset = file[name].id
        infos = [dataset.get_chunk_info(i) for i in range(dataset.get_num_chunks())]
        return [(info.byte_offset, info.size, info.chunk_offset) for info in infos], file[name].chunks, file[name].shape


def good_file():
    write("good.h5", 6)
    report = tessera_json("verify", "good.h5")
    with h5py.File("good.h5", "r") as file:
        items = []
        file.visititems(lambda name, item: items.append(item) if isinstance(item, h5py.Dataset) else None)
        chunks = sum(item.id.get_num_chunks() for item in items if item.chunks)
    require(report["good"] and report["findings"] == [], report)
    require(report["chunks"] == chunks, f"{report['chunks']} chunks, h5py has {chunks}")
    require(report["runs"] == [{"name": "simulation", "steps": 6, "last_time": 1.25, "time_unit": "s"}] or
            report["runs"][0]["steps"] == 6, report["runs"])
    require(report["writer"] == "closed" and report["state"] == "", report)
    require(report["end"] <= report["length"] == os.path.getsize("good.h5") < report["end"] + 8, report)
    require(0 <= report["unreferenced_bytes"] < report["end"], report)
    for jobs in 1, 3:
        again = tessera_json("verify", "good.h5", "--jobs", jobs)
        require(again["threads"] == jobs and again["raw_bytes"] == report["raw_bytes"], again)
    # Nothing is left over in what HDF5 has written anew, but for what HDF5 itself cannot use.
    subprocess.run(["h5repack", "good.h5", "repacked.h5"], check=True)
    packed = tessera_json("verify", "repacked.h5")
    require(packed["unreferenced_bytes"] < 6000 < report["unreferenced_bytes"], packed)
    require(packed["metadata_bytes"] > 1000, packed)


def killed_file():
    write_and_kill("killed.h5", 4)
    report = tessera_json("verify", "killed.h5")
    require(report["writer"] == "left", report)
    with h5py.File("killed.h5", "r") as file:
        last = len(file["simulation/time"]) - 1
    require(f"nothing to repair, opens at step {last} of run 'simulation'" in report["state"], report["state"])
    require("nothing to repair" in tessera("verify", "killed.h5").stdout, "the text does not say so")


def live_file():
    if os.path.exists("live.h5"):
        os.remove("live.h5")
    writer = subprocess.Popen([LAUNCH, "2", WRITER, "live.h5", "100000", "--pause", "20"], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
    try:
        steps = set()
        deadline = time.monotonic() + 20
        while len(steps) < 4 and time.monotonic() < deadline:
            if not os.path.exists("live.h5"):
                time.sleep(0.1)
                continue
            report = tessera_json("verify", "live.h5")
            require(report["writer"] == "live", report)
            steps.update(run["steps"] for run in report["runs"])
        require(len(steps) >= 2, f"only {steps} were seen")
    finally:
        end(writer)
    tessera("verify", "live.h5")


def elements_elsewhere(file):
    """Elements that have other sizes in the file than in memory: texts, lists, references, and what is made of them."""
    text, pair = h5py.string_dtype(), numpy.dtype([("name", h5py.string_dtype()), ("number", "i4")])
    kinds = {"chunked_texts": (text, "a text"), "lists": (h5py.vlen_dtype("i8"), numpy.arange(5)),
             "pairs": (pair, ("a name", 3)), "objects": (h5py.ref_dtype, file.ref),
             "regions": (h5py.regionref_dtype, file["contiguous"].regionref[1:3])}
    for name, (kind, value) in kinds.items():
        for codec in None, "gzip":
            made = file.create_dataset(f"{name}_{codec}", (50,), kind, chunks=(7,), maxshape=(None,), compression=codec)
            for row in range(50):
                made[row] = value


def foreign_files():
    values = numpy.arange(5000.0).reshape(50, 100)
    for libver in "earliest", "latest":
        with h5py.File("foreign.h5", "w", libver=libver) as file:
            file["contiguous"] = values
            file["empty"] = numpy.zeros((0, 3))
            file["number"] = 5
            file["texts"] = ["one", "two", "a longer text"]
            file.create_dataset("all", data=values, chunks=(7, 9), compression="gzip", shuffle=True, fletcher32=True)
            file.create_dataset("lzf", data=values, chunks=(7, 9), compression="lzf")
            file.create_dataset("grows", data=values, chunks=(7, 9), maxshape=(None, None), compression="gzip")
            file.create_dataset("holes", shape=(100, 100), chunks=(10, 10), fillvalue=3.0)[5:7, 88] = 1
            file.create_group("deep/er").attrs["list"] = [1, 2, 3]
            elements_elsewhere(file)
            blocks = sum(one.id.get_storage_size() for one in file.values() if isinstance(one, h5py.Dataset))
        report = tessera_json("verify", "foreign.h5")
        require(report["stored_bytes"] == blocks, f"{report['stored_bytes']} of {blocks} bytes were read")
        # LZF is h5py's own filter.
        require(report["notes"] == ["/lzf: not decoded, since HDF5 lacks its filter here"] and report["good"], report)
        (address, size, _), = chunk_places("foreign.h5", "all")[0][5:6]
        damage("foreign.h5", "damaged.h5", address + size - 2, 0x5A)
        report = tessera_json("verify", "damaged.h5", codes=(1,))
        require("fletcher32" in report["findings"][0]["text"] and report["findings"][0]["path"] == "/all", report)
    environment = dict(os.environ, TESSERA_ENGINE="collective")
    write("collective.h5", 3, environment=environment)
    tessera("verify", "collective.h5")


def damage(source, target, offset, change):
    with open(source, "rb") as file:
        content = bytearray(file.read())
    content[offset] ^= change
    with open(target, "wb") as file:
        file.write(content)


def chunk_damage(rng):
    """Every byte of a deflate chunk counts: the chunk is named, or h5py reads what was written."""
    original = datasets("good.h5")
    undetected = 0
    for _ in range(25):
        name = rng.choice(FIELDS)
        places, chunk, shape = chunk_places("good.h5", f"simulation/{name}")
        address, size, coordinates = rng.choice(places)
        damage("good.h5", "damaged.h5", address + rng.randrange(size), 1 << rng.randrange(8))
        report = tessera_json("verify", "damaged.h5", codes=(0, 1))
        if report["good"]:
            undetected += 1
            with h5py.File("damaged.h5", "r") as file:
                same = numpy.array_equal(file["simulation"][name][()], original[f"simulation/{name}"])
            require(same, f"{name}: other values, and nothing was found")
            continue
        finding, = report["findings"]
        require(finding["kind"] == "chunk" and finding["path"] == f"/simulation/{name}", finding)
        require(finding["offset"] == address, finding)
        grid = [-(-extent // part) for extent, part in zip(shape, chunk)]
        number = numpy.ravel_multi_index([c // part for c, part in zip(coordinates, chunk)], grid)
        if name != "material":
            require(finding["step"] == coordinates[0], finding)
            number %= numpy.prod(grid[1:])
        require(finding["chunk"] == number, finding)
    require(undetected < 5, f"{undetected} bits of 25 seem not to count")


def truncated(rng):
    size = tessera_json("verify", "good.h5")["end"]  # the file may have some bytes of padding more
    with open("good.h5", "rb") as file:
        content = file.read()
    for length in [0, 7, 48, 4096, size - 1, *(rng.randrange(size) for _ in range(5))]:
        with open("truncated.h5", "wb") as file:
            file.write(content[:length])
        done = tessera("verify", "truncated.h5", codes=(1, 2))
        require(done.returncode == 2 or "truncated" in done.stdout, done.stdout)
    tessera("verify", "no_such_file.h5", codes=(2,))
    tessera("verify", ".", codes=(2,))


def semantic_damage():
    """What is wrong with runs, made by h5py."""
    def changed(change):
        subprocess.run(["cp", "good.h5", "changed.h5"], check=True)
        with h5py.File("changed.h5", "r+") as file:
            change(file["simulation"])
        return [(one["kind"], one["path"]) for one in tessera_json("verify", "changed.h5", codes=(1,))["findings"]]

    def backwards(run):
        run["time"][3] = 0.1

    def too_long(run):
        run["a"].resize(8, axis=0)

    require(changed(backwards) == [("times", "/simulation")], "times that go back")
    kinds = changed(too_long)
    require(("steps", "/simulation/a") in kinds and ("missing", "/simulation/a") in kinds, kinds)


def rows_elsewhere():
    """Rows of a table that lie beyond its columns, among those of another step, or begin within a chunk."""
    subprocess.run(["bash", LAUNCH, "2", WRITER, "rows.h5", "6"], check=True, timeout=120, stdout=subprocess.DEVNULL)
    require(tessera_json("verify", "rows.h5")["good"], "rows")
    with h5py.File("rows.h5") as file:
        counts, begins = file["simulation/drops_count"][:], file["simulation/drops_begin"][:]
    step = [int(i) for i in counts.nonzero()[0]][-1]
    for name, value in (("count", 10**9), ("count", -1), ("begin", -4), ("begin", 0), ("begin", begins[step] + 1)):
        subprocess.run(["cp", "rows.h5", "changed.h5"], check=True)
        with h5py.File("changed.h5", "r+") as file:
            file[f"simulation/drops_{name}"][step] = value
        found = [(one["kind"], one["path"], one["step"])
                 for one in tessera_json("verify", "changed.h5", codes=(1,))["findings"]]
        require(found == [("rows", "/simulation/drops_count", step)], f"{name} {value}: {found}")


def boxes_elsewhere():
    """Boxes of a refinement that do not fit into their domain, their level, the level before, or to their cells."""
    command = ["bash", LAUNCH, "2", WRITER, "boxes.h5", "6", "--no-table", "--refinement", "--mesh"]
    subprocess.run(command, check=True, timeout=120, stdout=subprocess.DEVNULL)
    require(tessera_json("verify", "boxes.h5")["good"], "boxes")
    with h5py.File("boxes.h5") as file:
        begins = file["simulation/amr_level1_boxes_begin"][:]
        require(len(file["simulation/amr_level0_box"]) == 2, "boxes that stay are written once")
        require(list(begins[::2]) == list(begins[1::2]) == sorted(set(begins)), "boxes that stay for a step")
    box, row, count = "/simulation/amr_level{}_box", int(begins[2]), "/simulation/amr_level{}_cells_count"
    cases = [  # level, dataset, what is written where, findings
        (1, box, (row, [-1, 3, 0, 3]), [(2, "box 0, x first (-1, 3, 0, 3), has no cells, or some outside")]),
        (1, box, (row, [4, 3, 0, 3]), [(2, "has no cells")]),
        (1, box, (row, [0, 3, 4, 7]), [(2, "share the cells")]),
        (1, box, (row, [1, 4, 0, 3]), [(2, "cuts cells of level 0: the ratio is 2")]),
        (1, box, (row, [0, 5, 0, 3]), [(2, "2 boxes with 40 cells, and fields have 32"), (3, "fields have 32")]),
        (0, box, (0, [0, 1, 0, 1]), [(0, "its boxes have 16 of the domain's 24 cells"), (2, "not inside the boxes")] +
         [(step, "2 boxes with 16 cells, and fields have 24") for step in range(6)]),
        (0, box, (1, [0, 5, 1, 3]), [(0, "share the cells")]),
        (1, count, (3, 31), [(3, "2 boxes with 32 cells, and fields have 31")]),
        (0, "/simulation/amr_level{}_boxes_count", (0, 0), [(0, "0 boxes with 0 cells, and fields"),
                                                           (0, "not inside the boxes of level 0")]),
    ]
    for level, dataset, (place, value), wanted in cases:
        subprocess.run(["cp", "boxes.h5", "changed.h5"], check=True)
        with h5py.File("changed.h5", "r+") as file:
            file[dataset.format(level)][place] = value
        found = [one for one in tessera_json("verify", "changed.h5", codes=(1,))["findings"]
                 if one["kind"] == "boxes"]
        told = [(one["step"], one["text"]) for one in found]
        for step, text in wanted:
            require(any(step == other and text in line for other, line in told), f"{dataset} {value}: {told}")
    subprocess.run(["cp", "boxes.h5", "changed.h5"], check=True)
    with h5py.File("changed.h5", "r+") as file:  # those that stay over a step without fields are looked at once
        for table in ("level0_boxes", "level0_cells", "level1_boxes", "level1_cells"):
            file[f"simulation/amr_{table}_count"][3] = 0
        file[box.format(0)][1] = [0, 5, 1, 3]
    found = [one["step"] for one in tessera_json("verify", "changed.h5", codes=(1,))["findings"]
             if "share the cells" in one["text"]]
    require(found == [0], found)
    for name, value, text in (("ratio", 3, "times the ratio, 3"), ("domain_cells", [12, 0], "cannot be"),
                              ("domain_cells", [12, 8, 2], "one number for each axis"),
                              ("domain_cells", range(1, 9), "one number for each axis"),
                              ("ratio", range(1, 9), "one number for each axis")):
        subprocess.run(["cp", "boxes.h5", "changed.h5"], check=True)
        with h5py.File("changed.h5", "r+") as file:
            file[box[1:].format(1)].attrs[name] = numpy.array(value, "i8")
        found, = tessera_json("verify", "changed.h5", codes=(1,))["findings"]
        require(found["kind"] == "boxes" and text in found["text"], found)
    subprocess.run(["cp", "boxes.h5", "changed.h5"], check=True)
    with h5py.File("changed.h5", "r+") as file:  # more than fit in memory, which nobody wrote
        for name in (box, box[:-3] + "boxes_row"):
            file[name.format(1)].resize(2**45, 0)
        file["/simulation/amr_level1_boxes_count"][4:] = 2**44
    kinds = {one["kind"] for one in tessera_json("verify", "changed.h5", codes=(1,))["findings"]}
    require("missing" in kinds, kinds)


def flips(rng):
    """A damaged byte anywhere: no signal, no waiting, and other values of compressed fields only with a finding."""
    original = datasets("good.h5")
    size = os.path.getsize("good.h5")
    codes = {0: 0, 1: 0, 2: 0}
    for number in range(FLIPS):
        offset = rng.randrange(size) if rng.random() < 0.7 else rng.randrange(min(size, 6000))
        damage("good.h5", "damaged.h5", offset, rng.randrange(1, 256))
        done = tessera("verify", "damaged.h5", codes=(0, 1, 2), limit=30)
        codes[done.returncode] += 1
        if number % 6 == 0:  # the other verbs go on, too
            for verb in (["diff", "good.h5", "damaged.h5"], ["refs", "damaged.h5"],
                         ["extract", "damaged.h5", "simulation", "-o", "one.h5", "--overwrite"],
                         ["repack", "damaged.h5", "one.h5", "--overwrite", "--codec", "none"]):
                tessera(*verb, codes=(0, 1, 2, 64), limit=30)
        if done.returncode != 0:
            continue
        with h5py.File("damaged.h5", "r") as file:
            for name in FIELDS:
                same = numpy.array_equal(file["simulation"][name][()], original[f"simulation/{name}"])
                require(same, f"byte {offset}: other values of {name}, and nothing was found")
    print(f"{FLIPS} damaged bytes: {codes}")


def main():
    rng = random.Random(20261126)
    good_file()
    killed_file()
    live_file()
    foreign_files()
    chunk_damage(rng)
    truncated(rng)
    semantic_damage()
    rows_elsewhere()
    boxes_elsewhere()
    flips(rng)


main()
