#!/usr/bin/env python3
"""Opens, checks and closes a file in a loop while a job writes it: no lock, no special mode, every open succeeds."""

import argparse
import os
import subprocess
import sys
import time

import check_run


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("launcher")
    parser.add_argument("program")
    parser.add_argument("file")
    parser.add_argument("--ranks", type=int, default=4)
    parser.add_argument("--steps", type=int, default=200)
    arguments = parser.parse_args()
    if os.path.exists(arguments.file):
        os.remove(arguments.file)
    environment = {name: value for name, value in os.environ.items() if name != "HDF5_USE_FILE_LOCKING"}
    job = subprocess.Popen([arguments.launcher, str(arguments.ranks), arguments.program, arguments.file,
                            str(arguments.steps), "--pause", "2"], env=environment)
    deadline = time.monotonic() + 120
    passes, before, failures = 0, 0, []
    while job.poll() is None and time.monotonic() < deadline:
        if not os.path.exists(arguments.file):
            continue
        try:
            steps = check_run.committed_steps(arguments.file)
            if steps < before:
                raise check_run.Wrong(f"{steps} steps after {before}")
            before = steps
        except Exception as error:  # a reader that fails is what this test looks for
            failures.append(f"pass {passes}: {type(error).__name__}: {error}")
        passes += 1
    job.wait(timeout=60)
    final = check_run.committed_steps(arguments.file)
    for failure in failures[:10]:
        print(failure)
    print(f"{passes} passes while {final} of {arguments.steps} steps were written, {len(failures)} failures")
    return 1 if failures or passes == 0 or final != arguments.steps or job.returncode != 0 else 0


if __name__ == "__main__":
    sys.exit(main())
