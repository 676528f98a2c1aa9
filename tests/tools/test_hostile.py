#!/usr/bin/env python3
"""No file makes the program crash or hang: it says what is wrong in a line, and ends with 2 (or 64, for a name that a
damaged file has no more)."""

import os
import pathlib
import random
import subprocess
import unittest

from support import PROGRAM, UNREADABLE, tessera, written

VERBS = {"ls": ["ls", "FILE"],
         "ls -l": ["ls", "-l", "FILE"],
         "ls --json": ["ls", "--json", "FILE"],
         "show": ["show", "FILE", "simulation/a", "--csv", "--box", "z=0"],
         "show run": ["show", "FILE", "simulation"],
         "plot": ["plot", "FILE", "simulation/a"],
         "tail": ["tail", "FILE", "--no-follow"]}


def call(verb, path, timeout=60):
    command = [PROGRAM] + [str(path) if word == "FILE" else word for word in VERBS[verb]]
    return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout, check=False)


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.bytes = written("good.h5", 3).read_bytes()

    def refused(self, path):
        for verb in VERBS:
            result = call(verb, path)
            self.assertEqual(result.returncode, UNREADABLE, (verb, path, result))
            self.assertTrue(result.stderr.startswith(b"tessera: "), (verb, path, result))
            self.assertEqual(result.stderr.count(b"\n"), 1, (verb, path, result))
            self.assertEqual(result.stdout, b"", (verb, path, result))

    def test_what_is_no_file_of_ours(self):
        pathlib.Path("text.h5").write_text("this is no HDF5 file\n" * 100)
        pathlib.Path("empty.h5").write_bytes(b"")
        pathlib.Path("noise.h5").write_bytes(random.Random(1).randbytes(100_000))
        pathlib.Path("directory.h5").mkdir(exist_ok=True)
        pathlib.Path("pipe.h5").unlink(missing_ok=True)
        os.mkfifo("pipe.h5")
        for name in ("text", "empty", "noise", "directory", "pipe", "nowhere", "a\nb"):
            self.refused(name + ".h5")
        self.refused("/dev/null")

    @unittest.skipIf(os.geteuid() == 0, "the administrator may read everything")
    def test_no_permission(self):
        written("secret.h5", 1).chmod(0)
        self.refused("secret.h5")

    def test_truncated(self):
        for part in (0.1, 0.5, 0.9, 0.999):
            pathlib.Path("short.h5").write_bytes(self.bytes[:int(len(self.bytes) * part)])
            self.refused("short.h5")

    def test_bits_that_flipped(self):
        """Half of them in the first 16 KiB, which is metadata; each file with one of the verbs."""
        chance = random.Random(20)
        codes = {}
        for number in range(int(os.environ.get("TESSERA_FLIPS", "150"))):
            damaged = bytearray(self.bytes)
            for _ in range(chance.choice((1, 1, 4, 40))):
                end = len(damaged) if chance.random() < 0.5 else min(1 << 14, len(damaged))
                damaged[chance.randrange(end)] ^= 1 << chance.randrange(8)
            pathlib.Path("flipped.h5").write_bytes(damaged)
            verb = chance.choice(list(VERBS))
            result = call(verb, "flipped.h5")
            codes[result.returncode] = codes.get(result.returncode, 0) + 1
            self.assertIn(result.returncode, (0, 1, 2, 64), (number, verb, result))
            if result.returncode != 0:
                self.assertTrue(result.stderr.startswith(b"tessera: "), (number, verb, result))
                self.assertEqual(result.stderr.count(b"\n"), 1, (number, verb, result))
        print("exit codes:", codes)

    def test_a_closed_output(self):
        """As in `tessera show ... | head -1`: no message, no crash."""
        command = f"'{PROGRAM}' show good.h5 simulation/a --csv --step : | head -1"
        result = subprocess.run(["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, check=False)
        self.assertEqual(result.stderr, "")
        self.assertEqual(result.stdout, "step,time,z,y,x,a\n")

    def test_a_full_output(self):
        with open("/dev/full", "w", encoding="ascii") as full:
            result = subprocess.run([PROGRAM, "ls", "good.h5"], stdout=full, stderr=subprocess.PIPE, check=False)
        self.assertEqual(result.returncode, UNREADABLE)
        self.assertIn(b"standard output", result.stderr)

    def test_wrong_command_lines(self):
        for words in (["ls"], ["show", "good.h5"], ["lsx", "good.h5"], ["ls", "good.h5", "--colour"], []):
            result = subprocess.run([PROGRAM, *words], capture_output=True, check=False)
            self.assertEqual(result.returncode, 64, words)
            self.assertEqual(result.stderr.count(b"\n"), 1, (words, result.stderr))
        self.assertIn("Usage", tessera("ls", "--help"))


if __name__ == "__main__":
    unittest.main()
