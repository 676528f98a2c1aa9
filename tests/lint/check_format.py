#!/usr/bin/env python3
"""Every C++ file is as clang-format 14 leaves it (.clang-format). Other versions break lines elsewhere: exit code
77."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from sources import root, text_files

VERSION = "14"
SKIPPED = 77


def find_tool():
    for name in (f"clang-format-{VERSION}", "clang-format"):
        if path := shutil.which(name):
            version = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
            found = re.search(r"version (\d+)", version)
            if found and found.group(1) == VERSION:
                return path
            print(f"{path} is version {found.group(1) if found else '?'}")
    return None


def complaints(tool, names):
    """What the tool would change in these files, a line each."""
    run = subprocess.run([tool, "--dry-run", "--Werror", *names], capture_output=True, text=True, check=False, cwd=root)
    return [line for line in run.stderr.splitlines() if "error:" in line]


def main():
    tool = find_tool()
    if tool is None:
        print(f"skipped: no clang-format {VERSION} (Debian 12: clang-format)")
        return SKIPPED
    files = [name for name, _ in text_files() if pathlib.Path(name).suffix in (".hpp", ".cpp")]
    batches = [files[begin : begin + 50] for begin in range(0, len(files), 50)]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        faults = sum(pool.map(lambda batch: complaints(tool, batch), batches), [])
    print("\n".join(faults[:20]) or f"{len(files)} files as clang-format leaves them")
    if faults:
        print(f"{len(faults)} places differ; to format: git ls-files '*.cpp' '*.hpp' | xargs clang-format -i")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
