"""Runs the scripts of this directory on the file in $TESSERA_FILE and compares what they say with the file itself."""

import csv
import io
import os
import subprocess
import sys
import tempfile
import unittest

import h5py
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
FILE = os.environ["TESSERA_FILE"]


def run(script, *arguments):
    return subprocess.run([sys.executable, os.path.join(HERE, script), FILE, *arguments], text=True, encoding="utf-8",
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "PYTHONUTF8": "1"})


def dpkg_version(package):
    """Debian's xarray calls itself 999."""
    try:
        return subprocess.run(["dpkg-query", "-W", "-f", "${Version}", package], text=True, check=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
    except (OSError, subprocess.CalledProcessError):
        return ""


class Scripts(unittest.TestCase):
    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name
        self.file = h5py.File(FILE, "r")
        self.addCleanup(self.file.close)
        self.runs = [name for name in self.file if "temperature" in self.file[name]]
        self.temperature = self.file[self.runs[0]]["temperature"]

    def output_of(self, script, *arguments):
        done = run(script, *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_list(self):
        output = self.output_of("list.py")
        for name in self.runs:
            self.assertIn(f"{name}, {len(self.file[name]['time'])} steps", output)
        self.assertIn(" x ".join(map(str, self.temperature.shape)), output)
        self.assertIn(" x ".join(map(str, self.temperature.chunks)), output)
        self.assertIn("temperature [K]", output)

    def test_parameters(self):
        self.assertIn("resolution", self.output_of("parameters.py"))
        table = {row[0]: row[1:] for row in csv.reader(io.StringIO(self.output_of("parameters.py", "--csv")))}
        self.assertEqual(table["parameter"], self.runs)
        for name in ("resolution", "time_step"):
            self.assertEqual([float(cell) for cell in table[name]],
                             [float(self.file[run].attrs[name]) for run in self.runs])

    def test_slice(self):
        plane = os.path.join(self.directory, "plane.npy")
        self.output_of("slice.py", "--step", "1", "--axis", "y", "--index", "2", "--output", plane)
        np.testing.assert_array_equal(np.load(plane), self.temperature[1, :, 2, :])
        table = os.path.join(self.directory, "plane.csv")
        self.output_of("slice.py", "--run", self.runs[-1], "--index", "0", "--output", table)
        values = self.file[self.runs[-1]]["temperature"][-1, 0]
        read = np.loadtxt(table, delimiter=",", skiprows=1)
        np.testing.assert_array_equal(read[:, 2].reshape(values.shape), values)
        np.testing.assert_array_equal(read[: values.shape[1], 1], self.file[self.runs[-1]]["x"][:])

    def test_slice_refuses_nonsense(self):
        for arguments in (["--run", "none"], ["--field", "none"], ["--axis", "none"], ["--step", "1000"],
                          ["--index", "1000"], ["--axis", "time"]):
            done = run("slice.py", *arguments)
            self.assertEqual(done.returncode, 1, arguments)
            self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)

    def test_plot(self):
        for arguments in ([], ["--field", "heat_flux", "--run", self.runs[0], "--axis", "x", "--step", "0"]):
            picture = os.path.join(self.directory, "plot.png")
            output = self.output_of("plot.py", *arguments, "--output", picture)
            self.assertIn(self.runs[0], output)
            with open(picture, "rb") as file:
                self.assertEqual(file.read(8), b"\x89PNG\r\n\x1a\n")

    def analyse(self, engine):
        output = self.output_of("analyse.py", "--engine", engine, "--run", self.runs[0], "--time", "0")
        for step in range(len(self.temperature)):
            self.assertIn(f"{self.temperature[step].mean():12.6g} {self.temperature[step].max():12.6g}", output)
        self.assertIn(f"{self.temperature[0, 0].mean():12.6g}", output)

    def test_analyse_netcdf4(self):
        self.analyse("netcdf4")

    def test_analyse_h5netcdf(self):
        self.analyse("h5netcdf")

    def test_dask_pieces(self):
        """What analyse.py says of dask: a piece a step; chunks={} is one piece of all, or the file's chunks."""
        import xarray
        def pieces(chunks):
            with xarray.open_dataset(FILE, group=self.runs[0], decode_times=False, chunks=chunks) as run:
                return run.temperature.chunks
        shape, stored = self.temperature.shape, self.temperature.chunks
        self.assertEqual(pieces({"time": 1})[0], (1,) * shape[0])
        whole = tuple((length,) for length in shape)
        by_chunk = tuple((1,) * shape[0] if axis == 0 else
                         tuple(min(stored[axis], length - at) for at in range(0, length, stored[axis]))
                         for axis, length in enumerate(shape))
        self.assertIn(pieces({}), (whole, by_chunk))
        if dpkg_version("python3-xarray").startswith("2023.01"):  # the version that analyse.py names
            self.assertEqual(pieces({}), whole)


if __name__ == "__main__":
    unittest.main()
