#!/usr/bin/env python3
"""Stops examples/walltime as jobs are stopped, and looks at its file with h5py: the last step has to be in it.

    stop_walltime.py LAUNCHER PROGRAM {one_rank,launcher,deadline,walltime}
"""

import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

import h5py
import numpy

RANKS = 3
PATIENCE = 60  # seconds, for anything


class Run:
    """One run of the program, in a directory of its own."""

    def __init__(self, launcher, program, directory, environment=None):
        self.file = pathlib.Path(directory) / "walltime.h5"
        self.begin = time.time()
        self.process = subprocess.Popen(
            [launcher, str(RANKS), program, str(self.file)],
            env=dict(os.environ, **(environment or {})),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def wait_for_steps(self):
        """Until the file is there, which is after the first commit has begun."""
        while not self.file.exists():
            if self.process.poll() is not None or time.time() - self.begin > PATIENCE:
                self.process.kill()
                sys.exit(f"the program did not start: {self.process.communicate()}")
            time.sleep(0.05)
        time.sleep(0.5)

    def ranks(self):
        """Process numbers by rank, as the launcher of Open MPI or MPICH numbers them."""
        found = {}
        for directory in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if str(self.file) not in (directory / "cmdline").read_text().split("\0"):
                    continue
                variables = "\0" + (directory / "environ").read_text()
                rank = re.search(r"\0(?:OMPI_COMM_WORLD_RANK|PMI_RANK)=(\d+)\0", variables)
            except (OSError, UnicodeDecodeError):
                continue
            if rank:
                found[int(rank.group(1))] = int(directory.name)
        return found

    def check(self, reason):
        """The program ended by itself, for this reason, and its last step is in the file. Returns the reason."""
        try:
            output, errors = self.process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            sys.exit(f"the program went on: {self.process.communicate()}")
        seconds = time.time() - self.begin
        assert self.process.returncode == 0, (self.process.returncode, output, errors)
        assert output == "told to stop; the last step is in the file\n", output
        said = re.search(r"^(.*) after (\d+) steps$", errors, re.MULTILINE)
        assert said and re.fullmatch(reason, said.group(1)), errors
        with h5py.File(self.file, "r") as file:
            run = file["run"]
            steps = int(said.group(2))
            wanted = sorted({*range(0, steps, 10), steps - 1})
            assert numpy.allclose(run["time"][:], [0.01 * n for n in wanted]), (run["time"][:], wanted)
            assert (run["field"][:] == numpy.reshape(wanted, (-1, 1, 1))).all()
            assert run.attrs["stopped_by"] == said.group(1)
        print(f"{said.group(1)}: {len(wanted)} steps of {steps} in the file, the last one too; {seconds:.1f} s")
        return said.group(1)


def one_rank(start):
    """A signal to one process of the job."""
    for rank in range(RANKS):
        run = start()
        run.wait_for_steps()
        os.kill(run.ranks()[rank], signal.SIGTERM)
        run.check(f"SIGTERM on rank {rank}")


def launcher(start):
    """SIGUSR1 to mpiexec, which passes it on. SIGTERM would have it kill the job (Open MPI)."""
    run = start()
    run.wait_for_steps()
    run.process.send_signal(signal.SIGUSR1)
    run.check(r"SIGUSR1 on rank \d")


def before_the_end(start, environment):
    """Runs with a deadline some seconds from now; with a later one where the machine is too busy to begin in time."""
    for seconds in (6, 12, 24, 48):
        end = time.time() + seconds
        run = start(environment(end, seconds))
        reason = run.check(r"walltime: .*, margin 1.0 s on rank \d")
        if not reason.startswith("walltime: over"):
            assert re.match(r"walltime: .* left, a step takes .*, margin", reason), reason
            # When the file was complete; processes may take longer to end. More than the margin on a busy machine.
            assert run.file.stat().st_mtime < end + 5, "the program wrote after its deadline"
            return
    sys.exit("the machine is too busy for this test")


def deadline(start):
    before_the_end(start, lambda end, seconds: {"TESSERA_DEADLINE": f"{end:.2f}"})


def walltime(start):
    """As under Torque: seconds from the start of the job."""
    before_the_end(start, lambda end, seconds: {"PBS_WALLTIME": str(seconds)})


def main():
    launch, program, way = sys.argv[1:]
    for name in ("TESSERA_DEADLINE", "SLURM_JOB_END_TIME", "PBS_WALLTIME"):
        os.environ.pop(name, None)
    with tempfile.TemporaryDirectory() as directory:
        number = iter(range(100))

        def start(environment=None):
            own = pathlib.Path(directory) / str(next(number))
            own.mkdir()
            return Run(launch, program, own, environment)

        {"one_rank": one_rank, "launcher": launcher, "deadline": deadline, "walltime": walltime}[way](start)


if __name__ == "__main__":
    main()
