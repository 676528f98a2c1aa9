#!/usr/bin/env python3
"""Takes guards out of the library one by one and asks whether a test fails.

    tests/mutation/run_mutants.py [--build-dir DIR] [--jobs N] [--list] [--check] [NAME...]

mutants/*.toml describe them: `file`, a piece of its `text` that is there once, what it `becomes`, which `targets` to
build and which `tests` (for ctest -R) must fail; `lives_because` where no test can. The tracked sources are copied to
DIR/source (build-mutation), so the checkout is never changed. A unit test ends at its first failure, which is enough.
One line per mutant, with its seconds: killed (a test failed), TIMEOUT (a test hung, or the machine is busy: look at the
log), LIVES (none failed), STALE (the text is not found once), BROKEN (does not compile). The exit code is
non-zero when a mutant lives that is not expected to, or is stale or broken. 50 mutants take some 45 minutes on 2 cores;
where there is ccache, compiling the unchanged sources again is quick.
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import time
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIMIT = 900  # seconds that building, or the tests of one mutant, may take


def run(command, log, **options):
    """The exit code of a command; what it prints goes to the end of `log`."""
    with open(log, "ab") as out:
        try:
            return subprocess.run(command, stdout=out, stderr=subprocess.STDOUT, timeout=LIMIT, **options).returncode
        except subprocess.TimeoutExpired:
            return 124


def copy_sources(source):
    """The tracked files as they are in the checkout; those that did not change keep their time, for the build."""
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout.decode()
    for name in filter(None, names.split("\0")):
        original, copy = ROOT / name, source / name
        if not original.is_file() or (copy.is_file() and copy.read_bytes() == original.read_bytes()):
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(original, copy)


def configure(source, build, log):
    launcher = ["-DCMAKE_CXX_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
    generator = ["-G", "Ninja"] if shutil.which("ninja") else []
    return run(["cmake", "-S", source, "-B", build, *generator, *launcher, "-DTESSERA_BUILD_TESTS=ON",
                "-DTESSERA_BUILD_EXAMPLES=OFF", "-DCMAKE_BUILD_TYPE=Release"], log)


def is_found(mutant, source):
    file = source / mutant["file"]
    return file.is_file() and file.read_text().count(mutant["text"]) == 1


def verdict_of(mutant, source, build, jobs, log):
    if not is_found(mutant, source):
        return "STALE"
    file = source / mutant["file"]
    text = file.read_text()
    make = ["cmake", "--build", build, "--parallel", str(jobs), "--target", *mutant["targets"]]
    test = ["ctest", "--test-dir", build, "--output-on-failure", "--no-tests=error", "-R", mutant["tests"]]
    try:
        file.write_text(text.replace(mutant["text"], mutant["becomes"]))
        if run(make, log) != 0:
            return "BROKEN"
        before = log.stat().st_size
        # Of the programs of several ranks none may stop alone.
        fast = {"GTEST_FAIL_FAST": "1"} if mutant["tests"].startswith("^unit") else {}
        if run(test, log, env={**os.environ, **fast}) == 0:
            return "LIVES"
        return "TIMEOUT" if b"***Timeout" in log.read_bytes()[before:] else "killed"
    finally:
        file.write_text(text)


def passes_unchanged(mutants, source, build, jobs, log):
    """Are the tests green without a mutation? Otherwise a verdict would mean nothing."""
    targets = sorted({target for mutant in mutants for target in mutant["targets"]})
    tests = "|".join(sorted({mutant["tests"] for mutant in mutants}))  # ctest knows few parentheses
    return (configure(source, build, log) == 0 and
            run(["cmake", "--build", build, "--parallel", str(jobs), "--target", *targets], log) == 0 and
            run(["ctest", "--test-dir", build, "--output-on-failure", "--no-tests=error", "-R", tests], log) == 0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these mutants")
    parser.add_argument("--build-dir", type=pathlib.Path, default=ROOT / "build-mutation")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--list", action="store_true", help="only print the mutants")
    parser.add_argument("--check", action="store_true", help="only look whether each text is found once")
    options = parser.parse_args()

    mutants = []
    for file in sorted((pathlib.Path(__file__).parent / "mutants").glob("*.toml")):
        mutants += tomllib.loads(file.read_text())["mutant"]
    unknown = set(options.names) - {mutant["name"] for mutant in mutants}
    if unknown:
        parser.error(f"no such mutant: {', '.join(sorted(unknown))}; --list names them")
    if options.names:
        mutants = [mutant for mutant in mutants if mutant["name"] in options.names]
    if options.check:
        stale = [mutant["name"] for mutant in mutants if not is_found(mutant, ROOT)]
        print(f"{len(mutants)} mutants, stale: {', '.join(stale) or 'none'}")
        return 1 if stale else 0
    if options.list:
        for mutant in mutants:
            print(f"{mutant['name']:28} {mutant['file']}: {mutant['why']}")
        return 0

    directory = options.build_dir.resolve()
    source, log = directory / "source", directory / "mutation.log"
    # As a checkout has it: with CCACHE_BASEDIR and CCACHE_NOHASHDIR ccache knows what another build has compiled.
    build = source / "build"
    source.mkdir(parents=True, exist_ok=True)
    log.unlink(missing_ok=True)
    copy_sources(source)
    if not passes_unchanged(mutants, source, build, options.jobs, log):
        sys.exit(f"without any mutation the build or the tests fail; see {log}")

    bad = killed = 0
    lives = []
    for mutant in mutants:
        begin = time.monotonic()
        verdict = verdict_of(mutant, source, build, options.jobs, log)
        seconds = time.monotonic() - begin
        is_killed = verdict in ("killed", "TIMEOUT")
        killed += is_killed
        excused = verdict == "LIVES" and "lives_because" in mutant
        bad += not is_killed and not excused
        said = mutant["lives_because"] if excused else mutant["why"]
        print(f"{verdict:7} {seconds:4.0f} s {mutant['name']:28} {said}", flush=True)
        lives += [mutant["name"]] if verdict == "LIVES" else []
    print(f"{killed} of {len(mutants)} killed, alive: {', '.join(lives) or 'none'}; log: {log}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
