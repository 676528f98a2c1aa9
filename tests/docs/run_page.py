#!/usr/bin/env python3
"""Does what a page of docs/ says, and compares what it prints.

    tests/docs/run_page.py PAGE --prefix INSTALLED_TESSERA [--build] [--keep DIRECTORY]

Blocks of the page, in their order, in an empty directory that is also $HOME:

    ```cpp wave.cpp         becomes the file wave.cpp; any language, the name behind it
    ```console              lines that begin with "$ " are run by bash; what follows is the output that they must have,
                            to the letter but for spaces at a line's end; "..." stands for any text, also of several
                            lines
    ```console build        only with --build: what makes the installation; without, $HOME/tessera is INSTALLED_TESSERA
    ```console needs=x,y    left out, with a line that says so, where a program x or y is missing; pkg-config:NAME is a
                            library that pkg-config knows, python:NAME a module, r:NAME a package, node:NAME one that
                            node finds in this directory or above, slurm is a SLURM that answers (its programs alone do
                            not)

A block without a name is for the reader alone. Every command has ten minutes; "mpiexec -n 4 PROGRAM" may have more
ranks than there are cores.
"""

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def matches(expected, printed):
    """True where the texts are equal, "..." in the first standing for anything."""
    lines = [re.escape(part) for part in expected.split("...")]
    return re.fullmatch(".*?".join(lines), printed, re.DOTALL) is not None


def stripped(text):
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def commands(block):
    """Pairs of a command and its expected output; a line that ends with a backslash goes on in the next."""
    command, output, pairs = None, [], []
    for line in block.splitlines():
        if line.startswith("$ "):
            if command is not None:
                pairs.append((command, "\n".join(output)))
            command, output = line[2:], []
        elif command is not None and command.endswith("\\"):
            command += "\n" + line
        else:
            output.append(line)
    return pairs + [(command, "\n".join(output))] if command is not None else []


def make_program(directory, name, line):
    directory.mkdir(exist_ok=True)
    path = directory / name
    path.write_text("#!/bin/sh\n" + line + "\n")
    path.chmod(0o755)


def environment(home):
    """PATH begins with an mpiexec that works on any machine, the Python that has h5py, and the installed programs."""
    programs = home / ".programs"
    mpiexec = os.environ.get("MPIEXEC") or shutil.which("mpiexec")
    launch = f'MPIEXEC="{mpiexec}" exec bash "{SOURCE}/cmake/mpi_launch.sh" "$@"'
    make_program(programs, "mpiexec", f'[ "$1" = -n ] && shift\n{launch}')
    make_program(programs, "python3", f'exec "{sys.executable}" "$@"')
    path = f"{programs}:{home}/tessera/bin:{os.environ['PATH']}"
    return dict(os.environ, HOME=str(home), PATH=path, MPLBACKEND="Agg", LC_ALL="C.UTF-8")


def run(command, expected, directory, env):
    result = subprocess.run(["bash", "-c", command], cwd=directory, env=env, stdin=subprocess.DEVNULL, timeout=600,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    printed = stripped(result.stdout)
    # A command that is shown without output may print what it likes.
    good = result.returncode == 0 and (not expected.strip() or matches(stripped(expected), printed))
    print(f"{'as the page says' if good else 'FAILED'}: {command}")
    if not good:
        print(f"exit code {result.returncode}; printed:\n{printed}\nthe page says:\n{stripped(expected)}")
    return good


def succeeds(command):
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return shutil.which(command[0]) is not None and subprocess.run(command, check=False, **quiet).returncode == 0


def is_installed(name):
    if name.startswith("pkg-config:"):
        return succeeds(["pkg-config", "--exists", name[11:]])
    if name.startswith("python:"):
        return succeeds([sys.executable, "-c", f"import {name[7:]}"])
    if name.startswith("r:"):
        return succeeds(["Rscript", "-e", f"library({name[2:]})"])
    if name.startswith("node:"):
        # Node looks above the script: --keep a directory beside a node_modules, and start this there.
        return succeeds(["node", "--input-type=module", "-e", f'await import("{name[5:]}/node")'])
    if name == "slurm":
        return succeeds(["timeout", "30", "sinfo"])
    return shutil.which(name) is not None


def left_out(words, build):
    """Why a console block is not run here; empty where it is."""
    if "build" in words and not build:
        return "the installation is given"
    needs = [name for word in words if word.startswith("needs=") for name in word[6:].split(",")]
    missing = [name for name in needs if not is_installed(name)]
    return f"not here: {', '.join(missing)}" if missing else ""


def run_page(page, directory, build, env):
    failures = runs = 0
    for language, rest, block in FENCE.findall(page.read_text()):
        words = rest.split()
        if language != "console":
            if words:
                path = directory / words[0]
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(block)
            continue
        reason = left_out(words, build)
        for command, expected in commands(block):
            if reason:
                print(f"left out, {reason}: {command}")
                continue
            runs += 1
            failures += not run(command, expected, directory, env)
    print(f"{page.name}: {runs} commands, {failures} failures")
    return failures == 0 and runs > 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("page", type=pathlib.Path)
    parser.add_argument("--prefix", type=pathlib.Path, help="where Tessera is installed")
    parser.add_argument("--build", action="store_true", help="build and install Tessera as the page says")
    parser.add_argument("--keep", type=pathlib.Path, help="work in this directory, which must not exist, and keep it")
    arguments = parser.parse_args()
    if arguments.keep:
        arguments.keep.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as temporary:
        directory = (arguments.keep or pathlib.Path(temporary)).resolve()
        if not arguments.build:
            (directory / "tessera").symlink_to(arguments.prefix.resolve())
        env = dict(environment(directory), TESSERA_SOURCE=str(SOURCE))
        return 0 if run_page(arguments.page, directory, arguments.build, env) else 1


if __name__ == "__main__":
    sys.exit(main())
