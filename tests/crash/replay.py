#!/usr/bin/env python3
"""Rebuilds a file as it may stand at every instant of a recorded run, and opens each state with stock h5py.

A kill leaves of each rank's changes those up to some instant. Tried are:
  prefix    all changes in the order of the clock up to each one
  cut       the same, and a part of the next write: its first sector, its half, all but its last sector, a random length
  ranks     while several ranks write a step, each of them at an instant of its own (seeded samples)
A power failure (--power) leaves all that a rank wrote before its last sync, and of the changes since then any subset:
  subset    at each instant, seeded samples of the changes that are not synced
  torn      the same, and some writes with some of their sectors only
With --start the run continues a file: before its first publication the states are to have that one's steps.
The superblock is inside one sector, which disks write whole or not at all.
"""

import argparse
import collections
import random
import sys

import check_run
from recorded import SECTOR, SYNC, WRITE, Image, merged, pieces


class Checker:
    def __init__(self, path, steps, found=None, kept=0):
        """How many steps there are after each publication: the first one is the empty file, or was there; a version of
        a mesh is published with the step that has it; the last one, at close, may add nothing."""
        self.path = path
        self.expected = [found or 0, *range(kept + 1, steps + 1)]
        self.states, self.failures = collections.Counter(), []

    def check(self, image, publications, kind, what):
        self.states[kind] += 1
        expected = self.expected[min(publications, len(self.expected)) - 1]
        image.save(self.path)
        try:
            steps = check_run.committed_steps(self.path)
            if steps != expected:
                raise check_run.Wrong(f"{steps} steps instead of {expected}")
        except Exception as error:  # any failure to open or to match counts
            self.failures.append(f"{kind}, {what}: {type(error).__name__}: {error}")


def cuts_of(change, chooser):
    """Lengths at which a kill may cut a write."""
    size = len(change.payload)
    sectors = (size - 1) // SECTOR * SECTOR
    return sorted({SECTOR, size // 2, sectors, chooser.randrange(1, size)})


def replay_kills(changes, checker, chooser, start):
    image = Image(start)
    publications = 0 if start is None else 1
    for number, change in enumerate(changes):
        if publications > 0 and change.kind == WRITE and len(change.payload) > SECTOR:
            for cut in cuts_of(change, chooser):
                torn = Image(image)
                torn.apply(change, [(0, cut)])
                what = f"inside change {number}, {cut} of {len(change.payload)} bytes"
                checker.check(torn, publications, "cut", what)
        image.apply(change)
        publications += change.publishes
        if publications > 0 and change.kind != SYNC:
            checker.check(image, publications, "prefix", f"after change {number}")


def windows_of(changes):
    """The parts of a trace in which the ranks do not wait for each other: after a publication, up to the last change of
    a rank that is not 0, since rank 0 does not begin with the metadata before all have written."""
    window = []
    for change in changes:
        window.append(change)
        if change.publishes:
            concurrent = max((i + 1 for i, one in enumerate(window) if one.rank != 0), default=0)
            yield window[:concurrent], window[concurrent:]
            window = []
    yield [], window


def replay_ranks(changes, checker, samples, chooser, start):
    image = Image(start)
    publications = 0 if start is None else 1
    for number, (concurrent, rest) in enumerate(windows_of(changes)):
        by_rank = collections.defaultdict(list)
        for change in concurrent:
            by_rank[change.rank].append(change)
        for _ in range(samples if publications > 0 and len(by_rank) > 1 else 0):
            state = Image(image)
            reached = {rank: chooser.randint(0, len(own)) for rank, own in by_rank.items()}
            for rank, own in by_rank.items():
                for change in own[:reached[rank]]:
                    state.apply(change)
            checker.check(state, publications, "ranks", f"step {number}, changes of the ranks: {reached}")
        for change in concurrent + rest:
            image.apply(change)
            publications += change.publishes


def replay_power_failures(changes, checker, samples, chooser, start):
    stable = Image(start)
    waiting = []  # changes that their rank has not synced, in the order of the clock
    publications = stable_publications = 0 if start is None else 1
    numbers = {}
    for number, change in enumerate(changes):
        if change.kind == SYNC:
            synced = [one for one in waiting if one.rank == change.rank]
            waiting = [one for one in waiting if one.rank != change.rank]
            for one in synced:
                stable.apply(one)
                stable_publications = max(stable_publications, numbers.get(id(one), 0))
        else:
            waiting.append(change)
            if change.publishes:
                publications += 1
                numbers[id(change)] = publications
        if stable_publications == 0:
            continue
        for sample in range(samples):
            state = Image(stable)
            seen = stable_publications
            torn = 0
            for one in waiting:
                if chooser.random() < 0.5:
                    continue
                parts = pieces(one) if sample % 2 and one.kind == WRITE else []
                if len(parts) > 1:
                    state.apply(one, [part for part in parts if chooser.random() < 0.5])
                    torn += 1
                else:
                    state.apply(one)
                seen = max(seen, numbers.get(id(one), 0))
            checker.check(state, seen, "torn" if torn else "subset", f"power failure after change {number}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trace", help="prefix of the traces; the ranks' numbers are appended")
    parser.add_argument("ranks", type=int)
    parser.add_argument("steps", type=int, help="steps that the run committed")
    parser.add_argument("--image", default="state.h5", help="where the states are rebuilt")
    parser.add_argument("--samples", type=int, default=8, help="states of kind 'ranks' per step")
    parser.add_argument("--power", type=int, metavar="SAMPLES", help="subsets per instant, instead of kills")
    parser.add_argument("--start", metavar="FILE", help="a copy of the file as the run found it")
    parser.add_argument("--drop", type=int, default=0, help="how many of its steps the run dropped")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    changes = merged(arguments.trace, arguments.ranks)
    start, found = None, None
    if arguments.start:
        start = Image.of(arguments.start)
        found = check_run.committed_steps(arguments.start)
    kept = found - arguments.drop if start else 0
    checker = Checker(arguments.image, arguments.steps, found, kept)
    chooser = random.Random(arguments.seed)
    if arguments.power:
        replay_power_failures(changes, checker, arguments.power, chooser, start)
    else:
        replay_kills(changes, checker, chooser, start)
        replay_ranks(changes, checker, arguments.samples, chooser, start)
    for failure in checker.failures[:10]:
        print(failure)
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(checker.states.items()))
    print(f"{len(changes)} changes by {arguments.ranks} ranks, {sum(checker.states.values())} states ({kinds}), "
          f"{len(checker.failures)} failures")
    return 1 if checker.failures or not checker.states else 0


if __name__ == "__main__":
    sys.exit(main())
