"""What the tests of the program share: calling it, and files to call it with."""

import json
import os
import pathlib
import subprocess
import time

import h5py
import numpy as np

PROGRAM = os.environ["TESSERA_PROGRAM"]
WRITER = os.environ["TESSERA_WRITER"]
LAUNCH = os.environ["TESSERA_LAUNCH"]

GOOD, FINDINGS, UNREADABLE, WRONG = 0, 1, 2, 64


def tessera(*arguments, expect=GOOD, timeout=60, env=None):
    """Standard output of the program, which has to end with this code: with one line on standard error unless 0."""
    result = subprocess.run([PROGRAM, *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                            timeout=timeout, check=False, env=dict(os.environ, **(env or {})), errors="replace")
    about = f"tessera {' '.join(map(str, arguments))}: exit code {result.returncode}\n{result.stdout}{result.stderr}"
    assert result.returncode == expect, about
    if expect != GOOD:
        assert result.stderr.startswith("tessera: ") and result.stderr.count("\n") == 1, about
        tessera.error = result.stderr
    else:
        assert not result.stderr, about
    return result.stdout


def tessera_json(*arguments, **options):
    return json.loads(tessera(*arguments, "--json", **options))


def written(path, steps, *options, ranks=1, engine="direct"):
    """A file of crash_writer, which check_run.py of the crash tests knows: fields a, v and material, a scalar."""
    env = dict(os.environ, TESSERA_ENGINE=engine)
    command = ["bash", LAUNCH, str(ranks), WRITER, str(path), str(steps), "--statistics", "--no-table", *options]
    subprocess.run(command, check=True, timeout=120, env=env, stdout=subprocess.DEVNULL)
    return pathlib.Path(path)


def being_written(path, steps, pause_ms):
    """The same by a job that goes on for a while, in a session of its own: its process, once the file has a step."""
    pathlib.Path(path).unlink(missing_ok=True)
    command = ["bash", LAUNCH, "1", WRITER, str(path), str(steps), "--no-table", "--pause", str(pause_ms), "--progress",
               "progress"]
    pathlib.Path("progress").write_text("0")
    job = subprocess.Popen(command, env=dict(os.environ, TESSERA_ENGINE="direct"), stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, start_new_session=True)
    wait_for(lambda: pathlib.Path("progress").read_text().strip() not in ("", "0"))
    return job


def wait_for(condition, seconds=60):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def foreign(path):
    """What others write: h5py, with dimension scales and without, types and shapes of all kinds, and links."""
    with h5py.File(path, "w") as file:
        run = file.create_group("case")
        run.attrs["reynolds"] = 1e4
        run.attrs["name\x1b[31m"] = "red\x1b[0m"
        run["time"] = np.arange(3.0)
        run["time"].make_scale("time")
        for name, count in (("y", 4), ("x", 5)):
            run[name] = np.linspace(0, 1, count) ** 2
            run[name].make_scale(name)
        run["u"] = np.arange(60, dtype=">f4").reshape(3, 4, 5)
        for axis, name in enumerate(("time", "y", "x")):
            run["u"].dims[axis].attach_scale(run[name])
        run["mask"] = np.array([[1, -2], [300, 4]], dtype="i2")
        run["nothing"] = np.empty((0, 3))
        run["names"] = np.array([b"one", b"two"])
        run["pairs"] = np.zeros(2, dtype=[("a", "i4"), ("b", "f8")])
        run["one"] = 3.5
        run["soft"] = h5py.SoftLink("/nowhere")
        run["outside"] = h5py.ExternalLink("nowhere.h5", "/x")
        run.create_dataset("packed", data=np.arange(100.0), chunks=(10,), compression="gzip")
        run.create_dataset("lzf", data=np.arange(100.0), chunks=(10,), compression="lzf")
        file.create_group("empty")
        file["top"] = np.arange(6, dtype="u8").reshape(2, 3) + (1 << 63)
    return path
