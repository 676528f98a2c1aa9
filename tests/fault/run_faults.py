#!/usr/bin/env python3
"""Makes the faults of a small run (fault_driver) and checks with stock h5py what each one leaves.

Prints how many faults were made, and how many hangs, disagreements between ranks and losses there were. Fails unless
these are 0. Files are checked while later runs go on, and removed.
"""

import argparse
import collections
import json
import os
import shutil
import subprocess
import sys
import time

import check_faults


class Tally:
    def __init__(self):
        self.runs, self.faults, self.silent = 0, 0, collections.Counter()
        self.errors, self.files, self.largest, self.clean = 0, 0, 0, 0
        self.hangs, self.disagreements, self.losses = [], [], []

    def add(self, record):
        self.runs += 1
        name = f"{record['fault']}, then {record['policy']}"
        self.hangs += [f"{name}: {text}" for text in record["hangs"]]
        self.disagreements += [f"{name}: {text}" for text in record["disagreements"]]
        self.losses += [f"{name}: {text}" for text in record["losses"] + check_faults.check_record(record)]
        self.files += 1 + len(record["snapshots"])
        self.errors += record["errors"]
        if record["fired"]:
            self.faults += 1
            if record["errors"] == 0 and not record["transparent"]:
                self.silent[record["fault"].split()[0]] += 1
                if not record["may_be_silent"]:
                    self.losses.append(f"{name}: no call reported it")
            if record["errors"] > 0 and record["transparent"]:
                self.losses.append(f"{name}: {record['error']}")
        if os.path.exists(record["file"]):
            size = os.path.getsize(record["file"])
            if record["fault"] == "none":
                self.clean = size
            elif record["steps"] == check_faults.ALL_STEPS and not record["last_failed"]:
                self.largest = max(self.largest, size)

    def report(self):
        for title, entries in (("hang", self.hangs), ("disagreement", self.disagreements), ("loss", self.losses)):
            for entry in entries[:10]:
                print(f"{title}: {entry}")
        silent = ", ".join(f"{count} {kind}" for kind, count in sorted(self.silent.items())) or "none"
        print(f"{self.errors} errors thrown, {self.files} files checked; faults that no call had to report: {silent}; "
              f"a whole file has {self.clean} bytes without faults and at most {self.largest} after one")
        print(f"{self.faults} faults injected: {len(self.hangs)} hangs, {len(self.disagreements)} disagreements, "
              f"{len(self.losses)} losses")
        return self.faults > 0 and not (self.hangs or self.disagreements or self.losses)


def remove(record):
    for path in [record["file"]] + [path for path, _ in record["snapshots"]]:
        if os.path.exists(path):
            os.remove(path)


def follow(job, manifest, tally):
    """Checks each line of the manifest as it comes; true when the last one came."""
    while not os.path.exists(manifest):
        if job.poll() is not None:
            return False
        time.sleep(0.01)
    with open(manifest) as lines:
        buffer = ""
        while True:
            running = job.poll() is None
            line = lines.readline()
            if not line:
                if not running:
                    return False
                time.sleep(0.005)
                continue
            buffer += line
            if not buffer.endswith("\n"):
                continue
            record, buffer = json.loads(buffer), ""
            if record.get("end"):
                return True
            tally.add(record)
            remove(record)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("launcher")
    parser.add_argument("driver")
    parser.add_argument("injector", choices=("seam", "shim"))
    parser.add_argument("durability", choices=("kill_safe", "power_safe"))
    parser.add_argument("directory")
    parser.add_argument("--ranks", type=int, default=4)
    parser.add_argument("--share", type=int, default=1, help="make only every SHARE-th fault")
    parser.add_argument("--in-flight", action="store_true", help="commits do not wait")
    parser.add_argument("--append", action="store_true", help="continue a file of two steps")
    parser.add_argument("--kinds", action="store_true", help="the run has members of every kind")
    parser.add_argument("--read", action="store_true", help="read a file of two steps")
    parser.add_argument("--limit", type=float, default=15, help="seconds that a call may take")
    parser.add_argument("--shim", help="the library to preload")
    parser.add_argument("--engine", default="direct", choices=("direct", "collective"),
                        help="collective (with shim): to see how stock parallel HDF5 hangs; see docs/reliability.md")
    arguments = parser.parse_args()
    shutil.rmtree(arguments.directory, ignore_errors=True)
    os.makedirs(arguments.directory)
    environment = dict(os.environ, OMPI_MCA_mpi_yield_when_idle="1", TESSERA_ENGINE=arguments.engine)
    command = [arguments.launcher, str(arguments.ranks)]
    if arguments.injector == "shim":
        command += ["env", f"LD_PRELOAD={arguments.shim}", f"TESSERA_FAULT_PATH={arguments.directory}"]
    command += [arguments.driver, arguments.injector, arguments.durability, arguments.directory, "--share",
                str(arguments.share), "--limit", str(arguments.limit)]
    if arguments.in_flight:
        command += ["--in-flight", "1"]
    if arguments.append:
        command += ["--append", "1"]
    if arguments.read:
        command += ["--read", "1"]
    if arguments.kinds:
        command += ["--kinds", "1"]
    tally = Tally()
    begin = time.monotonic()
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as job:
        complete = follow(job, os.path.join(arguments.directory, "manifest.jsonl"), tally)
        messages = [line for line in job.stderr.read().splitlines() if line.strip()]
        job.wait()
    warnings = [line for line in messages if line.startswith("tessera: warning")]
    hangs = [line for line in messages if line.startswith("HANG")]
    tally.hangs += hangs
    if not complete and not hangs:
        tally.losses.append("the driver ended early: " + " | ".join(messages[-5:]))
    for line in messages[:5]:
        if line not in warnings:
            print(line)
    good = tally.report()
    print(f"{time.monotonic() - begin:.0f} s")
    shutil.rmtree(arguments.directory)
    return 0 if good and job.returncode == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
