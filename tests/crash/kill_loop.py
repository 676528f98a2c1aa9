#!/usr/bin/env python3
"""Kills the whole process tree of a running job at random instants, and opens what it left with stock h5py."""

import argparse
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

import check_run

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "interop"))
import check_side_files


def kill_tree(root):
    """SIGKILL to every descendant, the launcher last: ranks may be in sessions of their own."""
    children = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/stat") as file:
                children.setdefault(int(file.read().rsplit(")", 1)[1].split()[1]), []).append(int(entry))
        except OSError:
            continue
    order = [root]
    for pid in order:
        order.extend(children.get(pid, []))
    for pid in reversed(order):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


def progress_of(path):
    """Committed steps; None until the job has created its file, and has written a 0 here."""
    try:
        with open(path) as file:
            return int(file.read())
    except (FileNotFoundError, ValueError):
        return None


def steps_to_drop(chooser, found):
    """Few, half or all of them: a chain never gets so long that reading it takes longer than the jobs."""
    return chooser.choice([0, 1, 3, 10, found // 2, found])


class Moments:
    """When to kill a job: counted in its own commits, since these take as long as the machine lets them."""

    def __init__(self, chooser):
        self.chooser = chooser
        self.left = []  # numbers of commits that are still to come
        self.first, self.step = 0.2, 0.02  # seconds: a job's first commit, and a later one; measured anew by each job
        self.jobs_with_commits = 0

    def wait(self, job, progress, found, kept):
        """Until some commits are made, and a part of the next one, which may be the first."""
        begin = time.monotonic()
        if not self.left:
            self.left = [0, 0, 1, 2, 4, 8, 16, 32, 64]
            self.chooser.shuffle(self.left)
        commits = self.left.pop()
        times = {0: begin}
        while max(times) < commits:
            done = progress_of(progress)
            if done not in (None, found) and done - kept > max(times):
                times[done - kept] = time.monotonic()
            if job.poll() is not None or time.monotonic() > begin + 100:
                raise check_run.Wrong(f"the job commits nothing: {done} steps, {kept} of {found} kept")
            time.sleep(0.0005)
        if commits > 0:
            self.jobs_with_commits += 1
            ordered = sorted(times.values())
            self.first = ordered[1] - ordered[0]
            if max(times) > 1:
                self.step = (ordered[-1] - ordered[1]) / max(1, max(times) - min(set(times) - {0}))
        time.sleep(self.chooser.uniform(0, 1.5 * (self.step if commits > 0 else self.first)))


def one_kill(arguments, moments, drop=None, found=0):
    """Returns the number of steps found, or raises.

    With `drop` the job continues the file, which has `found` steps, but for that many.
    """
    for path in (arguments.file, arguments.file + ".progress"):
        if os.path.exists(path) and (drop is None or path != arguments.file):
            os.remove(path)
    command = [arguments.launcher, str(arguments.ranks), arguments.program, arguments.file, "1000000", "--progress",
               arguments.file + ".progress", "--grace", "0", "--shift"]
    command += ["--paraview"] * arguments.paraview + ["--mesh", "--refinement"] * arguments.kinds
    if arguments.in_flight:
        command += ["--in-flight", str(arguments.in_flight)]
    command += ["--by-thread"] * arguments.by_thread
    if drop is not None:
        command += ["--resume", str(drop)]
    job = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while progress_of(arguments.file + ".progress") is None and time.monotonic() < deadline and job.poll() is None:
        time.sleep(0.002)
    kept = max(1, found - drop) if drop is not None and found > 0 else 0
    try:
        if progress_of(arguments.file + ".progress") is None:
            raise check_run.Wrong("the job did not start")
        moments.wait(job, arguments.file + ".progress", found, kept)
    finally:
        kill_tree(job.pid)
        job.wait(timeout=30)
    promised = progress_of(arguments.file + ".progress")
    steps = check_run.committed_steps(arguments.file)
    first_new = kept + 1
    if not promised <= steps <= promised + 1 and not (promised == found and steps == first_new):
        raise check_run.Wrong(f"{steps} steps, but {promised} were committed")
    if arguments.paraview:
        # Steps that are to be dropped go from them before they do from the file.
        check_side_files_of(arguments.file, steps if drop is None else min(steps, first_new))
    return steps


def check_side_files_of(file, steps):
    """They show committed steps, each value: all of them or all but the last; .xmf files of many a hundredth less."""
    for line in check_side_files.check_study(pathlib.Path(file), may_lag=True):
        name, shown = line.removesuffix(" steps").rsplit(": ", 1)
        least = steps - 1 - (steps // 100 if ".xmf" in name else 0)
        check_run.expect(int(shown) >= least, f"{name} shows {shown} of {steps} steps")


def unfinished_files(path):
    directory = os.path.dirname(path) or "."
    return [os.path.join(directory, name) for name in os.listdir(directory) if name.startswith(".tessera-")]


def clean_up(arguments, failures):
    """What jobs left that were killed at their start is removed by the next one, when it is a minute old; returns its
    number."""
    remains = unfinished_files(arguments.file)
    for path in remains:
        os.utime(path, (0, 0))
    if os.path.exists(arguments.file):
        os.remove(arguments.file)
    subprocess.run([arguments.launcher, str(arguments.ranks), arguments.program, arguments.file, "1",
                    *["--paraview"] * arguments.paraview], check=True, timeout=60, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    failures += [f"{path} is still there" for path in unfinished_files(arguments.file)]
    return len(remains)


def kill_at_start(arguments, delay):
    """Before the job has made its file, or just after."""
    if os.path.exists(arguments.file):
        os.remove(arguments.file)
    before = unfinished_files(arguments.file)
    job = subprocess.Popen([arguments.launcher, str(arguments.ranks), arguments.program, arguments.file, "1000000",
                            "--grace", "0", *["--paraview"] * arguments.paraview],
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    while (not os.path.exists(arguments.file) and unfinished_files(arguments.file) == before
           and time.monotonic() < deadline):
        pass
    time.sleep(delay)
    kill_tree(job.pid)
    job.wait(timeout=30)
    if os.path.exists(arguments.file):
        check_run.committed_steps(arguments.file)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("launcher")
    parser.add_argument("program")
    parser.add_argument("file")
    parser.add_argument("--ranks", type=int, default=4)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--chain", action="store_true",
                        help="each job continues what the last one left, but for a random number of steps")
    parser.add_argument("--paraview", action="store_true", help="with side files for ParaView, which are checked too")
    parser.add_argument("--kinds", action="store_true", help="with a mesh that changes and moves, and a refinement")
    parser.add_argument("--in-flight", type=int, help="steps that may be; commits do not wait")
    parser.add_argument("--by-thread", action="store_true", help="a thread publishes steps; commits do not wait")
    arguments = parser.parse_args()
    chooser = random.Random(arguments.seed)
    moments = Moments(chooser)
    failures, steps = [], []
    if arguments.chain and os.path.exists(arguments.file):
        os.remove(arguments.file)
    found = 0
    for number in range(arguments.kills):
        try:
            drop = steps_to_drop(chooser, found) if arguments.chain else None
            found = one_kill(arguments, moments, drop, found if arguments.chain else 0)
            steps.append(found)
        except Exception as error:  # every way of not holding the promise counts
            failures.append(f"kill {number}: {type(error).__name__}: {error}")
            found = 0
            if os.path.exists(arguments.file):
                os.replace(arguments.file, f"{arguments.file}.kill{number}")  # to be looked at
    try:
        for number in range(3):
            kill_at_start(arguments, number * 0.0002)
        remains = clean_up(arguments, failures)
        print(f"{remains} unfinished files were left by kills, and removed by the next job")
    except Exception as error:
        failures.append(f"at the start: {type(error).__name__}: {error}")
    if moments.jobs_with_commits < arguments.kills / 2:
        failures.append(f"only {moments.jobs_with_commits} of {arguments.kills} jobs committed a step")
    for failure in failures[:10]:
        print(failure)
    print(f"{arguments.kills} kills, {moments.jobs_with_commits} of them behind commits of the job, "
          f"{min(steps, default=0)} to {max(steps, default=0)} steps found, {len(failures)} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
