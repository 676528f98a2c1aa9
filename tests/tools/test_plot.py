#!/usr/bin/env python3
"""tessera plot: which colours and letters stand where."""

import os
import pty
import struct
import unittest
import zlib

import h5py
import numpy as np

from support import PROGRAM, UNREADABLE, WRONG, tessera, tessera_json, written

VIRIDIS_FIRST, VIRIDIS_LAST = (68, 1, 84), (253, 231, 37)
MARGIN = 12


def pixels(path):
    """A PNG of 8-bit RGB without interlacing, as an array (rows, columns, 3)."""
    data = path if isinstance(path, bytes) else open(path, "rb").read()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    at, packed = 8, b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + size]
        assert struct.unpack(">I", data[at + 8 + size:at + 12 + size])[0] == zlib.crc32(kind + body)
        if kind == b"IHDR":
            width, height, bits, colours = struct.unpack(">IIBB", body[:10])
            assert (bits, colours) == (8, 2)
        packed += body if kind == b"IDAT" else b""
        at += 12 + size
    raw = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(height, 1 + 3 * width)
    rows = np.zeros((height, width, 3), int)
    above = np.zeros((width, 3), int)
    for number, line in enumerate(raw):
        row = line[1:].astype(int).reshape(width, 3)
        left = np.zeros(3, int)
        for x in range(width):
            corner = above[x - 1] if x else np.zeros(3, int)
            guess = left + above[x] - corner
            nearest = np.abs(np.stack([guess - left, guess - above[x], guess - corner])).argmin(0)
            paeth = np.choose(nearest, [left, above[x], corner])
            left = (row[x] + (0, left, above[x], (left + above[x]) // 2, paeth)[line[0]]) % 256
            rows[number, x] = left
        above = rows[number]
    return rows


class Plot(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        written("good.h5", 4)
        with h5py.File("plane.h5", "w") as file:
            plane = np.zeros((20, 40))
            plane[:10, 20:] = 1  # below, on the right: y grows upwards
            plane[19, 0] = np.nan
            file["u"] = plane

    def test_y_is_upwards_and_x_to_the_right(self):
        rows = tessera("plot", "plane.h5", "u").splitlines()[1:-2]
        middle = len(rows[0]) // 2
        self.assertEqual((rows[-1][2], rows[-1][-2], rows[1][-2]), (" ", "@", " "))
        self.assertEqual((rows[-1][middle - 2], rows[-1][middle + 2]), (" ", "@"))

    def test_png(self):
        tessera("plot", "plane.h5", "u", "-o", "plane.png", "--size", "80")
        image = pixels("plane.png")
        self.assertEqual(image.shape[:2], (40 + 2 * MARGIN, 80 + 24 + 3 * MARGIN))
        picture = image[MARGIN:MARGIN + 40, MARGIN:MARGIN + 80]
        self.assertEqual(tuple(picture[39, 79]), VIRIDIS_LAST)
        self.assertEqual(tuple(picture[39, 0]), VIRIDIS_FIRST)
        self.assertEqual(tuple(picture[5, 79]), VIRIDIS_FIRST)
        self.assertEqual(tuple(picture[0, 0]), (160, 160, 160))
        bar = image[MARGIN:MARGIN + 40, 80 + 2 * MARGIN + 12]
        self.assertEqual((tuple(bar[0]), tuple(bar[-1])), (VIRIDIS_LAST, VIRIDIS_FIRST))

    def test_what_is_drawn(self):
        about = tessera_json("plot", "good.h5", "simulation/a", "-o", "a.png", "--at", "z=2.6")
        self.assertEqual((about["across"]["name"], about["across"]["last"]), ("x", 7.5))
        self.assertEqual((about["up"]["name"], about["up"]["last"]), ("y", 8.5))
        with h5py.File("good.h5") as file:
            values = file["simulation/a"][-1, 5]
        self.assertEqual(about["range"], [values.min(), values.max()])
        self.assertIn("z = 2.5 m [5]", about["caption"])
        vector = tessera_json("plot", "good.h5", "simulation/v", "--step", "1", "--box", "y=3")
        self.assertEqual((vector["across"]["name"], vector["up"]["name"]), ("x", "z"))
        with h5py.File("good.h5") as file:
            lengths = np.sqrt((file["simulation/v"][1, :, 3].astype(float) ** 2).sum(-1))
        self.assertTrue(np.allclose(vector["range"], [lengths.min(), lengths.max()]))
        part = tessera_json("plot", "good.h5", "simulation/v", "-c", "1", "--range", "0:")
        self.assertEqual(part["range"][0], 0)

    def test_lines(self):
        for arguments in (["simulation/energy"], ["simulation/a", "--at", "1,2,3"], ["simulation/a", "--box", "1,2,:"]):
            text = tessera("plot", "good.h5", *arguments)
            self.assertGreater(text.count("*"), 20)
            tessera("plot", "good.h5", *arguments, "-o", "line.png", "--size", "100")
            blue = (pixels("line.png") == (31, 119, 180)).all(-1)
            self.assertTrue(blue[:, MARGIN + 1:MARGIN + 99].any(0).all())
            # All of these grow: the line begins below and ends above.
            self.assertGreater(blue[:, MARGIN + 2].nonzero()[0].min(), blue[:, MARGIN + 97].nonzero()[0].max())

    def test_colours_are_for_terminals(self):
        def drawn(**variables):
            """What a terminal of 80 x 24 gets."""
            pid, terminal = pty.fork()
            if pid == 0:
                env = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", **variables}
                os.execve(PROGRAM, [PROGRAM, "plot", "plane.h5", "u"], env)
            text = b""
            try:
                while part := os.read(terminal, 65536):
                    text += part
            except OSError:  # how Linux says that the other side is gone
                pass
            os.close(terminal)
            self.assertEqual(os.waitpid(pid, 0)[1], 0)
            return text.decode()
        true_colour = drawn(COLORTERM="truecolor").splitlines()
        rows = [line for line in true_colour if "\u2580" in line]
        self.assertEqual(len({line.count("\u2580") for line in rows}), 1)
        self.assertTrue(rows[-1].startswith("\x1b[38;2;68;1;84m\x1b[48;2;68;1;84m\u2580"))
        self.assertTrue(rows[-1].endswith("\x1b[38;2;253;231;37m\x1b[48;2;253;231;37m\u2580\x1b[0m"))
        self.assertIn("\x1b[38;5;", drawn())
        for variables in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            self.assertNotIn("\x1b", drawn(**variables))
        self.assertIn("@@@", drawn(LC_ALL="C"))

    def test_constant_and_empty_values(self):
        with h5py.File("constant.h5", "w") as file:
            file["one"] = np.ones((3, 4))
            file["none"] = np.full((3, 4), np.nan)
            file["huge"] = np.array([[-1.7e308, 1.7e308], [0, np.inf]])
            file["nothing"] = np.zeros((0, 4))
            file["cell"] = np.ones((1, 1))
        for name in ("one", "none", "huge", "cell"):
            tessera("plot", "constant.h5", name)
            tessera("plot", "constant.h5", name, "-o", "constant.png")
        tessera("plot", "constant.h5", "nothing", expect=WRONG)

    def test_what_cannot_be_drawn(self):
        tessera("plot", "good.h5", "simulation", expect=WRONG)
        tessera("plot", "good.h5", "simulation/a", "--range", "low", expect=WRONG)
        tessera("plot", "good.h5", "simulation/v", "-c", "3", expect=WRONG)
        tessera("plot", "good.h5", "simulation/a", "-o", "/nowhere/a.png", expect=UNREADABLE)


if __name__ == "__main__":
    unittest.main()
