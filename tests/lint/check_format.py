#!/usr/bin/env python3
"""Every C++ file is as clang-format 14 leaves it (.clang-format). Other versions break lines elsewhere: exit code
77."""

import difflib
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


def difference(tool, name, text):
    wanted = subprocess.run([tool, f"--assume-filename={root / name}"], input=text, capture_output=True, text=True,
                            check=True, cwd=root).stdout
    lines = difflib.unified_diff(text.split("\n"), wanted.split("\n"), name, "formatted", lineterm="", n=0)
    return "\n".join(list(lines)[:8])


def main():
    tool = find_tool()
    if tool is None:
        print(f"skipped: no clang-format {VERSION} (Debian 12: clang-format)")
        return SKIPPED
    files = [(name, text) for name, text in text_files() if pathlib.Path(name).suffix in (".hpp", ".cpp")]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        faults = list(filter(None, pool.map(lambda file: difference(tool, *file), files)))
    print("\n".join(faults) or f"{len(files)} files as clang-format leaves them")
    if faults:
        print(f"{len(faults)} files differ; to format: git ls-files '*.cpp' '*.hpp' | xargs clang-format -i")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
