#!/usr/bin/env python3
"""tessera show: its values are those that h5py reads, to the last bit in CSV and JSON."""

import csv
import io
import unittest

import h5py
import numpy as np

from support import UNREADABLE, WRONG, foreign, tessera, tessera_json, written


class Values(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        written("good.h5", 7, ranks=3)
        foreign("foreign.h5")

    def dataset(self, name, file="good.h5"):
        with h5py.File(file) as opened:
            return opened[name][()]

    def check(self, name, selection, expected, file="good.h5"):
        shown = tessera_json("show", file, name, *selection)
        self.assertEqual(np.array(shown["values"]).shape, expected.shape)
        self.assertTrue(np.array_equal(np.array(shown["values"], dtype=expected.dtype), expected))
        rows = list(csv.reader(io.StringIO(tessera("show", file, name, "--csv", *selection))))
        last = name.split("/")[-1]
        first = next(i for i, column in enumerate(rows[0]) if column == last or column.startswith(last + "_"))
        values = np.array([row[first:] for row in rows[1:]]).astype(expected.dtype)
        self.assertTrue(np.array_equal(values.reshape(expected.shape), expected))
        tessera("show", file, name, *selection)
        return shown, rows

    def test_the_last_step(self):
        a = self.dataset("simulation/a")
        shown, rows = self.check("simulation/a", [], a[-1:])
        self.assertEqual(shown["steps"], [6])
        self.assertEqual(rows[0], ["step", "time", "z", "y", "x", "a"])
        self.assertEqual(rows[1][:5], ["6", "1.5", "0", "0", "0"])
        self.assertEqual(rows[-1][:5], ["6", "1.5", "10", "8.5", "7.5"])

    def test_boxes_and_steps(self):
        a, v, material = (self.dataset("simulation/" + name) for name in ("a", "v", "material"))
        self.check("simulation/a", ["--step", "2:4", "--box", "z=3,y=4:9,x=-2:"], a[2:4, 3:4, 4:9, -2:])
        self.check("simulation/a", ["-s", ":", "-b", "20,:,7"], a[:, 20:, :, 7:8])
        self.check("simulation/v", ["--time", "0.8", "--box", "x=1"], v[3:4, :, :, 1:2])
        self.check("simulation/v", ["--time", "0.25:0.75", "--box", "x=1,z=2"], v[1:4, 2:3, :, 1:2])
        self.check("simulation/material", ["--box", "y=17"], material[:, 17:])
        self.check("simulation/a", ["--at", "z=2.6", "--box", "x=2:3"], a[-1:, 5:6, :, 2:3])

    def test_a_probe_is_shown_over_all_steps(self):
        a = self.dataset("simulation/a")
        shown, _ = self.check("simulation/a", ["--at", "1.1,2,3"], a[:, 6:7, 4:5, 2:3])
        self.assertEqual([axis["coordinates"] for axis in shown["axes"]], [[3], [2], [1]])
        text = tessera("show", "good.h5", "simulation/a", "--at", "1.1,2,3")
        self.assertEqual(len(text.splitlines()), 2 + 7)
        self.assertIn("x = 1 m [2]", text)

    def test_numbers_instead_of_coordinates(self):
        rows = tessera("show", "good.h5", "simulation/a", "--csv", "--number", "--box", "z=3,y=4,x=5").splitlines()
        self.assertTrue(rows[-1].startswith("6,1.5,3,4,5,"))

    def test_text_is_shortened_and_full(self):
        short = tessera("show", "good.h5", "simulation/a")
        full = tessera("show", "good.h5", "simulation/a", "--full")
        self.assertLess(len(short.splitlines()), 150)
        self.assertGreater(len(full.splitlines()), 21 * 18)
        self.assertIn("...", short)
        self.assertNotIn("...", full)

    def test_runs_scalars_and_axes(self):
        shown = tessera_json("show", "good.h5", "simulation")
        self.assertEqual(shown["parameters"], {"resolution": 21, "label": "crash"})
        self.assertEqual(shown["series"]["energy"], list(self.dataset("simulation/energy")))
        text = tessera("show", "good.h5", "simulation/energy")
        self.assertEqual(text.split()[:3], ["step", "time", "energy"])
        self.assertEqual(tessera("show", "good.h5", "simulation/energy", "--csv").splitlines()[-1], "6,1.5,21")
        self.assertEqual(tessera_json("show", "good.h5", "simulation/x")["series"]["x"], [0.5 * i for i in range(16)])
        self.assertEqual(len(tessera_json("show", "good.h5", "simulation/time")["series"]["time"]), 7)

    def test_files_of_others(self):
        u = self.dataset("case/u", "foreign.h5")
        shown, _ = self.check("case/u", ["--step", ":"], u.astype("f4"), "foreign.h5")
        self.assertEqual(shown["axes"][1]["coordinates"], [0, 0.0625, 0.25, 0.5625, 1])
        self.check("top", [], self.dataset("top", "foreign.h5"), "foreign.h5")
        self.check("case/mask", ["--box", "1,0"], np.array([[300]], dtype="i2"), "foreign.h5")
        self.check("case/packed", ["--box", "95:"], np.arange(95.0, 100), "foreign.h5")
        tessera("show", "foreign.h5", "case/lzf", expect=UNREADABLE)  # h5py's own filter

    def test_numbers_that_are_not_finite(self):
        with h5py.File("special.h5", "w") as file:
            file["u"] = [np.nan, np.inf, -np.inf, 5e-324, -0.0]
        self.assertEqual(tessera_json("show", "special.h5", "u")["values"], [None, None, None, 5e-324, -0.0])
        text = tessera("show", "special.h5", "u", "--csv")
        last = [line.split(",")[-1] for line in text.splitlines()[1:]]
        self.assertEqual(last, ["nan", "inf", "-inf", "5e-324", "-0"])

    def test_what_is_not_there_is_told(self):
        def refused(*arguments):
            tessera("show", "good.h5", *arguments, expect=WRONG)
            return tessera.error
        self.assertIn("its runs: simulation", refused("other/a"))
        self.assertIn("it has: a, v, material, probes, gaps, energy", refused("simulation/b"))
        self.assertIn("step goes from 0 to 6", refused("simulation/a", "--step", "7"))
        self.assertIn("axis z goes from 0 to 20", refused("simulation/a", "--box", "z=21"))
        self.assertIn("axes z, y, x", refused("simulation/a", "--box", "w=0"))
        self.assertIn("from 0 to 10", refused("simulation/a", "--at", "z=12"))
        self.assertIn("no number", refused("simulation/a", "--box", "z=one"))
        self.assertIn("twice", refused("simulation/a", "--box", "z=1,z=2"))
        refused("simulation/a", "--box", "1,2,3,4")
        refused("simulation/a", "--box", "z=5:3")
        refused("simulation/a", "--step", "1", "--time", "2")
        refused("simulation/material", "--step", "1")
        refused("simulation", "--step", "1")
        refused("simulation/a", "--time", "5:6")
        refused("simulation/a", "--csv", "--json")


if __name__ == "__main__":
    unittest.main()
