"""The program tessera and files for it, for the tests beside this file."""

import json
import os
import pathlib
import subprocess
import sys
import time

sys.path.append(str(pathlib.Path(__file__).parents[1] / "crash"))
from kill_loop import kill_tree, progress_of  # noqa: E402

TESSERA, LAUNCH, WRITER = sys.argv[1:4]


def tessera(*arguments, codes=(0,), limit=60):
    """Calls the program; its exit code has to be one of these: a signal is none of them."""
    done = subprocess.run([TESSERA, *map(str, arguments)], capture_output=True, text=True, timeout=limit)
    if done.returncode not in codes:
        line = " ".join(map(str, arguments))
        raise SystemExit(f"tessera {line}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def tessera_json(*arguments, codes=(0,)):
    return json.loads(tessera(*arguments, "--json", codes=codes).stdout)


def write(path, steps, *options, ranks=2, environment=None):
    """A run whose every value is known: tests/crash/crash_writer.cpp."""
    command = [LAUNCH, str(ranks), WRITER, path, str(steps), "--grace", "0", "--statistics", "--no-table",
               *options]
    subprocess.run(command, check=True, timeout=120, env=environment)


def write_and_kill(path, steps, ranks=2):
    """A job that is killed when it has committed so many steps at least."""
    for before in (path, path + ".progress"):
        if os.path.exists(before):
            os.remove(before)
    options = ["--progress", path + ".progress", "--grace", "0", "--pause", "5", "--no-table"]
    job = subprocess.Popen([LAUNCH, str(ranks), WRITER, path, "100000", *options], stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while (progress_of(path + ".progress") or 0) < steps and time.monotonic() < deadline and job.poll() is None:
        time.sleep(0.02)
    end(job)


def end(job):
    """SIGKILL to the launcher and all ranks."""
    kill_tree(job.pid)
    job.wait(timeout=30)
    time.sleep(0.2)  # until the kernel has closed the ranks' files


def require(condition, text):
    if not condition:
        raise SystemExit(text)
