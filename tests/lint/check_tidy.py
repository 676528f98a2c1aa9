#!/usr/bin/env python3
"""clang-tidy (.clang-tidy) finds nothing in src/: check_tidy.py BUILD_DIRECTORY RESULTS_DIRECTORY [PATTERN]

BUILD_DIRECTORY has compile_commands.json. A file in which nothing was found is looked at again when it, a header that
it includes, its flags or .clang-tidy have changed; RESULTS_DIRECTORY remembers. PATTERN: only files whose path contains
it. clang 14 cannot read some of libstdc++ 12's <ranges>: files that it does not understand are counted and left out.
"""

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
    build, results = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    tool = shutil.which("clang-tidy-14") or shutil.which("clang-tidy")
    database = build / "compile_commands.json"
    if tool is None or not database.exists():
        print(f"skipped: no {database}" if tool else "skipped: no clang-tidy (Debian: clang-tidy)")
        return SKIPPED
    results.mkdir(parents=True, exist_ok=True)
    config = (root / ".clang-tidy").read_bytes()
    pattern = sys.argv[3] if len(sys.argv) > 3 else ""
    entries = {entry["file"]: entry for entry in json.loads(database.read_text())
               if entry["file"].startswith(f"{root}/src/") and pattern in entry["file"]}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        outcomes = list(pool.map(lambda entry: check(tool, str(build), results, config, entry), entries.values()))
    found = sorted({line.replace(f"{root}/", "") for outcome in outcomes for line in outcome or []})
    print("\n".join(found) or "clang-tidy finds nothing")
    print(f"{len(outcomes)} files, {outcomes.count(None)} of them not understood by this clang")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
