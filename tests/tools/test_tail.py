#!/usr/bin/env python3
"""tessera tail: every step of a run that is being written, as it is committed."""

import json
import os
import pathlib
import signal
import subprocess
import time
import unittest

from support import FINDINGS, LAUNCH, PROGRAM, UNREADABLE, WRITER, WRONG, tessera, written


def job(path, steps, pause_ms, *options):
    """A writer that can be killed with all its ranks."""
    pathlib.Path(path).unlink(missing_ok=True)
    return subprocess.Popen(["bash", LAUNCH, "1", WRITER, path, str(steps), "--no-table", "--pause",
                             str(pause_ms), *options],
                            env=dict(os.environ, TESSERA_ENGINE="direct"), start_new_session=True,
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def tail(*arguments):
    return subprocess.Popen([PROGRAM, "tail", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


class Tail(unittest.TestCase):
    def test_a_run_that_is_not_there_yet_to_its_end(self):
        pathlib.Path("live.h5").unlink(missing_ok=True)
        follower = tail("live.h5", "--wait", "50", "--json")
        time.sleep(0.2)
        writer = job("live.h5", 12, 100)
        out, err = follower.communicate(timeout=100)
        self.assertEqual((follower.returncode, err), (0, ""))
        writer.wait(timeout=60)
        steps = [json.loads(line) for line in out.splitlines()]
        numbers = [step["step"] for step in steps]
        self.assertEqual(numbers, list(range(numbers[0], 12)))
        for step in steps:
            self.assertEqual(step["time"], 0.25 * step["step"])
            self.assertEqual(step["scalars"], {"energy": 3.5 * step["step"]})
        self.assertGreater(max(step["seconds"] or 0 for step in steps), 0.05)

    def test_a_job_that_is_killed(self):
        writer = job("killed.h5", 10000, 50)
        follower = tail("killed.h5", "--wait", "50", "--for", "100")
        line = follower.stdout.readline()
        self.assertEqual(line, "/simulation\n")
        os.killpg(writer.pid, signal.SIGKILL)
        writer.wait()
        out, err = follower.communicate(timeout=110)
        self.assertEqual(follower.returncode, FINDINGS, out + err)
        self.assertIn("was not closed", err)

    def test_a_finished_file(self):
        written("good.h5", 15)
        lines = tessera("tail", "good.h5").splitlines()
        self.assertEqual(lines[0], "/simulation")
        self.assertEqual(lines[1].split(), ["step", "time", "energy", "seconds"])
        self.assertEqual([line.split() for line in lines[2:]],
                         [[str(step), f"{0.25 * step:g}", f"{3.5 * step:g}"] for step in range(5, 15)])
        self.assertEqual(len(tessera("tail", "good.h5", "-n", "3").splitlines()), 5)
        self.assertEqual(len(tessera("tail", "good.h5", "-n", "100", "simulation").splitlines()), 17)

    def test_ends_at_a_time(self):
        begin = time.monotonic()
        self.assertNotEqual(tessera("tail", "good.h5" if os.path.exists("good.h5") else str(written("good.h5", 15)),
                                    "--keep", "--for", "0.5"), "")
        self.assertLess(time.monotonic() - begin, 30)

    def test_what_is_not_there(self):
        tessera("tail", "nowhere.h5", expect=UNREADABLE)
        tessera("tail", "nowhere.h5", "--wait", "0.3", expect=UNREADABLE)
        written("one.h5", 1)
        tessera("tail", "one.h5", "other", expect=WRONG)


if __name__ == "__main__":
    unittest.main()
