#!/usr/bin/env python3
"""Runs an MPI program under valgrind's memcheck and fails where Tessera is part of an error or of a definite leak.

    run_memcheck.py LAUNCH RANKS DIRECTORY SUPPRESSIONS PROGRAM [ARGUMENT...]

LAUNCH is cmake/mpi_launch.sh; SUPPRESSIONS is a file of this project's. Open MPI's own is used where it is installed.
Errors in whose stack no function of Tessera occurs are those of other libraries: counted, not judged.
Exit code 77: no valgrind, nothing was tested.
"""

import pathlib
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

OPEN_MPI = [pathlib.Path("/usr/share/openmpi/openmpi-valgrind.supp")]
SKIPPED = 77
LIMIT_SECONDS = 250


def frames(stack):
    return [frame.findtext("fn") or f"?? in {frame.findtext('obj') or 'unknown'}" for frame in stack.iter("frame")]


def text_of(error):
    """As valgrind would print it: what, then each stack."""
    lines = [error.findtext("what") or error.findtext("xwhat/text") or error.findtext("kind")]
    for stack in error.iter("stack"):
        lines.append("  stack:")
        for frame in stack.iter("frame"):
            place = f" ({frame.findtext('file')}:{frame.findtext('line')})" if frame.findtext("file") else ""
            lines.append(f"    {frame.findtext('fn') or '?? in ' + (frame.findtext('obj') or 'unknown')}{place}")
    return "\n".join(lines)


def concerns_tessera(error):
    """The stack of the error itself, not those that say where its memory came from."""
    stack = error.find("stack")
    return stack is not None and any("tessera" in name for name in frames(stack))


def errors_of(report):
    """Errors, without what is still reachable at the end: that is no definite leak."""
    root = ElementTree.parse(report).getroot()
    if root.find("status[state='FINISHED']") is None:
        raise ElementTree.ParseError("the program did not come to its end")
    judged = lambda kind: not kind.startswith("Leak_") or kind == "Leak_DefinitelyLost"  # noqa: E731
    return [error for error in root.findall("error") if judged(error.findtext("kind"))]


def main():
    launch, ranks, directory, suppressions, *program = sys.argv[1:]
    if not shutil.which("valgrind"):
        print("skipped: no valgrind is installed (Debian: valgrind)")
        return SKIPPED
    directory = pathlib.Path(directory)
    for old in directory.glob("memcheck.*.xml"):
        old.unlink()
    files = [suppressions, *(str(path) for path in OPEN_MPI if path.exists())]
    valgrind = ["valgrind", "--leak-check=full", "--show-leak-kinds=definite", "--num-callers=40", "--fair-sched=yes",
                "--child-silent-after-fork=yes", "--xml=yes", f"--xml-file={directory.resolve()}/memcheck.%p.xml",
                *(f"--suppressions={file}" for file in files)]
    outcome = subprocess.run([launch, ranks, *valgrind, *program], cwd=directory, timeout=LIMIT_SECONDS, check=False)
    reports = sorted(directory.glob("memcheck.*.xml"))
    ours, foreign = [], 0
    for report in reports:
        try:
            errors = errors_of(report)
        except ElementTree.ParseError as error:
            print(f"{report.name}: no complete report: {error}")
            return 1
        ours += [(report, error) for error in errors if concerns_tessera(error)]
        foreign += sum(not concerns_tessera(error) for error in errors)
    for report, error in ours:
        print(f"{report.name}: {text_of(error)}\n")
    print(f"{len(reports)} ranks, {len(ours)} errors with Tessera in the stack, {foreign} of other libraries alone")
    if len(reports) != int(ranks):
        print(f"error: {ranks} reports expected")
        return 1
    return 1 if ours or outcome.returncode != 0 else 0


if __name__ == "__main__":
    sys.exit(main())
