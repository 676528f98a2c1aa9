#!/usr/bin/env python3
"""Compares the files of two test runs by h5diff: the content may not depend on the number of ranks, nor on the engine.

    check_same.py DIRECTORY DIRECTORY
"""

import subprocess
import sys

import manifest as manifests


# Datasets that nobody wrote, and references to them, which h5diff does not compare. check_files.py does.
EMPTY = " is an empty dataset"


def differences(first, second):
    """h5diff's report; empty when there is none. Attributes are compared too, storage is not."""
    run = subprocess.run(["h5diff", "-c", str(first), str(second)], capture_output=True, text=True, timeout=60,
                         check=False)
    lines = [line for line in run.stdout.splitlines() if not line.endswith(EMPTY)]
    if run.returncode != 0 or lines or run.stderr.strip():
        return f"exit code {run.returncode}: {' '.join(lines)[:1000]} {run.stderr.strip()[:500]}"
    return ""


def main():
    directories = sys.argv[1:]
    compared = 0
    failed = False
    others = {path.name: path for path, _ in manifests.read_all(directories[1:])}
    for path, manifest in manifests.read_all(directories[:1]):
        if manifest["depends_on_rank_count"]:
            continue
        report = differences(path, others[path.name]) if path.name in others else "is missing in the second directory"
        compared += 1
        if report:
            failed = True
            print(f"{path.name}: {report}")
    print(f"{compared} files compared")
    sys.exit(1 if failed or compared == 0 else 0)


if __name__ == "__main__":
    main()
