#!/usr/bin/env python3
"""clang-tidy (.clang-tidy) finds nothing in src/ and the headers that it includes:

    check_tidy.py BUILD_DIRECTORY RESULTS_DIRECTORY [--base REVISION] [PATTERN]

BUILD_DIRECTORY has compile_commands.json. A file in which nothing was found is looked at again when it, a header that
it includes, its flags or .clang-tidy have changed; RESULTS_DIRECTORY remembers, so it may be stopped.
A file takes some 8 s, all 350 about 50 minutes of one core; all cores that it may run on are used. --base: only
files that have changed since that revision, or include one that has. PATTERN: only files whose path contains it. clang
14 cannot read some of libstdc++ 12's <ranges>: files that it does not understand are counted and left out.
"""

import argparse
import hashlib
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from sources import root

SKIPPED = 77
FOREIGN_ERROR = re.compile(r"^/usr/\S+: error: ", re.MULTILINE)
INCLUDE = re.compile(r'^#include ["<]([^">]+)[">]', re.MULTILINE)
FOUND = re.compile(rf"^{re.escape(str(root))}/\S+: (?:warning|error): .*$", re.MULTILINE)


def compile_flags(entry):
    """The command without launcher, output and source."""
    words = shlex.split(entry["command"])
    words = words[next(i for i, word in enumerate(words) if re.search(r"(\+\+|cxx)[^/]*$", word)):]
    return [word for i, word in enumerate(words) if word not in ("-c", "-o", entry["file"]) and words[i - 1] != "-o"]


def state_of(entry, config):
    """Changes when anything changes that clang-tidy would see of this project."""
    listed = subprocess.run([*compile_flags(entry), "-MM", entry["file"]], cwd=entry["directory"],
                            capture_output=True, text=True, check=True).stdout
    digest = hashlib.sha256(config + " ".join(compile_flags(entry)).encode())
    for name in listed.split(":", 1)[1].replace("\\\n", " ").split():
        digest.update(pathlib.Path(entry["directory"], name).read_bytes())
    return digest.hexdigest()


def changed_since(revision):
    """Files of the checkout that are not as they were in that revision."""
    names = []
    for command in (["diff", "--name-only", "-z", revision], ["ls-files", "--others", "--exclude-standard", "-z"]):
        names += subprocess.run(["git", *command], cwd=root, capture_output=True, text=True,
                                check=True).stdout.split("\0")
    return {root / name for name in names if name}


def includes_any(path, changed, known):
    """Is a file one of these, or does it include one? `known` remembers answers."""
    if path not in known:
        known[path] = path in changed
        names = INCLUDE.findall(path.read_text(encoding="utf-8"))
        below = (directory / name for name in names for directory in (root / "src", root / "include"))
        known[path] |= any(includes_any(one, changed, known) for one in below if one.is_file())
    return known[path]


def check(tool, build, results, config, entry):
    """What was found; None where clang does not understand the file."""
    path = pathlib.Path(entry["file"])
    stamp = results / (path.relative_to(root).as_posix().replace("/", "_") + ".ok")
    state = state_of(entry, config)
    if stamp.exists() and stamp.read_text() == state:
        return []
    output = subprocess.run([tool, "--quiet", "-p", build, str(path)], capture_output=True, text=True,
                            check=False).stdout
    if FOREIGN_ERROR.search(output):
        return None
    found = sorted(set(FOUND.findall(output)))
    if not found:
        stamp.write_text(state)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path, metavar="BUILD_DIRECTORY")
    parser.add_argument("results", type=pathlib.Path, metavar="RESULTS_DIRECTORY")
    parser.add_argument("pattern", nargs="?", default="", metavar="PATTERN")
    parser.add_argument("--base", metavar="REVISION")
    options = parser.parse_args()
    build, results = options.build, options.results
    tool = shutil.which("clang-tidy-14") or shutil.which("clang-tidy")
    database = build / "compile_commands.json"
    if tool is None or not database.exists():
        print(f"skipped: no {database}" if tool else "skipped: no clang-tidy (Debian: clang-tidy)")
        return SKIPPED
    results.mkdir(parents=True, exist_ok=True)
    config = (root / ".clang-tidy").read_bytes()
    entries = {entry["file"]: entry for entry in json.loads(database.read_text())
               if entry["file"].startswith(f"{root}/src/") and options.pattern in entry["file"]}
    if options.base:
        changed, known = changed_since(options.base), {}
        entries = {file: entry for file, entry in entries.items() if includes_any(pathlib.Path(file), changed, known)}
    with ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        found, not_understood = set(), 0
        for outcome in pool.map(lambda entry: check(tool, str(build), results, config, entry), entries.values()):
            not_understood += outcome is None
            for line in sorted(set(outcome or []) - found):  # a header's once
                print(line.replace(f"{root}/", ""), flush=True)
            found.update(outcome or [])
    print(f"{len(entries)} files, {len(found)} findings, {not_understood} files not understood by this clang")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
