#!/usr/bin/env python3
"""tessera ls: what it says of a file is what h5py finds in it."""

import os
import signal
import time
import unittest

import h5py
import numpy as np

from support import WRONG, being_written, foreign, tessera, tessera_json, wait_for, written


def many_runs(path, count):
    with h5py.File(path, "w", libver="latest") as file:
        for number in range(count):
            run = file.create_group(f"run_{number:04}", track_order=True)
            run.attrs["viscosity"] = 0.25
            run.attrs["speed"] = number
            run["time"] = np.arange(float(number % 3))
    return path


class Listing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.file = str(written("good.h5", 7, ranks=2))

    def test_all_is_as_h5py_finds_it(self):
        listing = tessera_json("ls", self.file)
        self.assertEqual(listing["state"], "closed")
        self.assertEqual(listing["attributes"]["Conventions"], "CF-1.10")
        self.assertEqual([run["name"] for run in listing["runs"]], ["simulation"])
        run = listing["runs"][0]
        self.assertEqual(run["parameters"], {"resolution": 21, "label": "crash"})
        self.assertEqual(run["time"], {"unit": "s", "values": [0.25 * step for step in range(7)]})
        self.assertEqual([field["name"] for field in run["fields"]], ["a", "v", "material", "probes", "gaps"])
        with h5py.File(self.file) as file:
            for field in run["fields"]:
                dataset = file[field["path"]]
                self.assertEqual(tuple(field["shape"]), dataset.shape)
                self.assertEqual(field["type"], dataset.dtype.name)
                self.assertEqual(field["stored_bytes"], dataset.id.get_storage_size())
                self.assertEqual(field["raw_bytes"], dataset.size * dataset.dtype.itemsize)
                self.assertEqual([filter["number"] for filter in field["filters"]], [2, 1])
                values = dataset[()]
                if field["name"] == "gaps":  # not in every step
                    values = values[values != dataset.fillvalue]
                self.assertEqual(field["minimum"], values.min())
                self.assertEqual(field["maximum"], values.max())
            for axis in run["axes"]:
                stored = file["simulation"][axis["name"]]
                self.assertEqual(axis["last"], stored[-1])
                self.assertEqual(axis["unit"], "m" if "units" in stored.attrs else "")
            self.assertEqual(run["scalars"][0]["values"], list(file["simulation/energy"]))

    def test_text_fits_a_screen_and_has_it_all(self):
        text = tessera("ls", self.file)
        self.assertLess(text.count("\n"), 24)
        self.assertNotIn("\x1b", text)
        for word in ("good.h5  1 run", "closed", "7 steps, time 0 to 1.5 s", "resolution = 21", "7 x 21 x 18 x 16 x 3",
                     "shuffle, deflate 4", "energy", "7 x 9 x 8"):
            self.assertIn(word, text)
        self.assertIn("Conventions", tessera("ls", "-l", self.file))

    def test_names_and_patterns(self):
        def fields(*names):
            return [field["name"] for run in tessera_json("ls", self.file, *names)["runs"] for field in run["fields"]]
        self.assertEqual(fields("simulation/v"), ["v"])
        self.assertEqual(fields("/simulation"), ["a", "v", "material", "probes", "gaps"])
        self.assertEqual(fields("sim*/[av]"), ["a", "v"])
        for name in ("simulatoin", "simulation/b", "*/b", "simulation/a/b", ""):
            tessera("ls", self.file, name, expect=WRONG)
        tessera("ls", self.file, "simulation/b", expect=WRONG)
        self.assertIn("a, v, material, probes, gaps, energy", tessera.error)

    def test_state_of_the_writer(self):
        written("collective.h5", 2, engine="collective")
        self.assertEqual(tessera_json("ls", "collective.h5")["state"], "closed")
        job = being_written("live.h5", 1000, 30)
        try:
            listing = tessera_json("ls", "live.h5")
            self.assertIn(listing["state"], ("live", "open"))
            self.assertGreaterEqual(len(listing["runs"][0]["time"]["values"]), 1)
        finally:
            os.killpg(job.pid, signal.SIGKILL)
            job.wait()
        wait_for(lambda: tessera_json("ls", "live.h5")["state"] in ("left", "open"))

    def test_many_runs_are_summarised(self):
        path = many_runs("many.h5", 200)
        text = tessera("ls", path)
        self.assertLess(text.count("\n"), 24)
        for word in ("200 runs", "viscosity = 0.25", "run_0000", "... 185 more", "run_0199", "speed"):
            self.assertIn(word, text)
        self.assertEqual(tessera("ls", "-a", path).count("\n  run_"), 200)
        self.assertEqual(len(tessera_json("ls", path)["runs"]), 200)
        self.assertEqual(len(tessera_json("ls", path, "run_000*")["runs"]), 10)

    def test_files_of_others(self):
        path = foreign("foreign.h5")
        text = tessera("ls", "-l", path)
        self.assertNotIn("\x1b", text)
        self.assertIn("name\\x1b[31m", text)
        others = [line for line in text.splitlines() if line.startswith("  others: ")]
        self.assertEqual(set(others[0][10:].split(", ")), {"names", "one", "outside", "pairs", "soft"})
        names = {field["name"] for run in tessera_json("ls", path)["runs"] for field in run["fields"]}
        self.assertLessEqual({"u", "mask", "packed", "top"}, names)

    def test_many_chunks(self):
        """How long it takes grows slowly with their number: that of 10^6 is in docs/command.md."""
        steps = int(os.environ.get("TESSERA_CHUNKS", "50000")) // 100
        with h5py.File("chunks.h5", "w", libver="latest") as file:
            data = file.create_dataset("run/u", (steps, 100, 100), maxshape=(None, 100, 100), chunks=(1, 10, 10),
                                       dtype="i1", compression=1)
            for step in range(steps):
                for place in range(100):
                    data.id.write_direct_chunk((step, place // 10 * 10, place % 10 * 10), b"\0" * (place + 1))
        begin = time.monotonic()
        field = tessera_json("ls", "chunks.h5")["runs"][0]["fields"][0]
        seconds = time.monotonic() - begin
        print(f"{100 * steps} chunks: {seconds:.2f} s")
        self.assertEqual(field["stored_bytes"], steps * 5050)
        self.assertLess(seconds, 20)  # on a busy machine, too


if __name__ == "__main__":
    unittest.main()
