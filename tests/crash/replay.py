#!/usr/bin/env python3
"""Rebuilds a file as it stood at every instant of a recorded run, and opens each state with stock h5py.

A kill leaves a prefix of the changes: every prefix is a state, and the middle of every write larger than a sector is one more.
A power failure leaves, of the changes since the last sync, any subset (--power): seeded samples of them are tried,
writes to the superblock's sector whole or not at all, as disks have it.
"""

import argparse
import os
import random
import struct
import sys

import check_run

WRITE, GROW, SYNC, TRUNCATE = 0, 1, 2, 3
SECTOR = 512


def read_trace(path, rank):
    records = []
    with open(path, "rb") as file:
        data = file.read()
    position = 0
    while position < len(data):
        time, kind, offset, length = struct.unpack_from("<4Q", data, position)
        position += 32
        records.append((time, rank, kind, offset, data[position:position + length]))
        position += length
    return records


def apply(descriptor, record, part=None):
    _, _, kind, offset, payload = record
    if kind == WRITE:
        os.pwrite(descriptor, payload[:part], offset)
    elif kind == GROW and os.fstat(descriptor).st_size < offset:
        os.ftruncate(descriptor, offset)
    elif kind == TRUNCATE:
        os.ftruncate(descriptor, offset)


class Checker:
    def __init__(self, image):
        self.image, self.states, self.failures = image, 0, []

    def check(self, least, most, what):
        self.states += 1
        try:
            steps = check_run.committed_steps(self.image)
            if not least <= steps <= most:
                raise check_run.Wrong(f"{steps} steps instead of {least} to {most}")
        except Exception as error:  # any failure to open or to match counts
            self.failures.append(f"{what}: {type(error).__name__}: {error}")


def is_superblock(record):
    return record[2] == WRITE and record[3] == 0


def steps_after(publications, total):
    """The first publication is the empty file; the last one, at close, may add none."""
    return min(max(publications - 1, 0), total)


def replay_kills(records, image, total):
    checker = Checker(image)
    publications = 0
    descriptor = os.open(image, os.O_RDWR | os.O_CREAT | os.O_TRUNC)
    for number, record in enumerate(records):
        if publications > 0 and record[2] == WRITE and len(record[4]) > SECTOR:
            apply(descriptor, record, len(record[4]) // 2)
            steps = steps_after(publications, total)
            checker.check(steps, steps, f"inside change {number}")
        apply(descriptor, record)
        publications += is_superblock(record)
        if publications > 0:
            steps = steps_after(publications, total)
            checker.check(steps, steps, f"after change {number}")
    os.close(descriptor)
    return checker


def epochs_of(records):
    """Changes between two instants at which nothing is under way: a sync by rank 0 ends an epoch."""
    epoch = []
    for record in records:
        if record[2] == SYNC and record[1] == 0:
            yield epoch
            epoch = []
        elif record[2] != SYNC:
            epoch.append(record)
    yield epoch


def replay_power_failures(records, image, total, samples, seed):
    checker = Checker(image)
    chooser = random.Random(seed)
    stable = bytearray()
    publications = 0

    def store(target, record):
        _, _, kind, offset, payload = record
        end = offset + len(payload)
        if kind == TRUNCATE:
            del target[offset:]
        size = end if kind == WRITE else offset
        if len(target) < size:
            target.extend(bytes(size - len(target)))
        if kind == WRITE:
            target[offset:end] = payload

    for number, epoch in enumerate(epochs_of(records)):
        for _ in range(samples if publications > 0 else 0):
            chosen = [record for record in epoch if chooser.random() < 0.5]
            state = bytearray(stable)
            for record in chosen:
                store(state, record)
            with open(image, "wb") as file:
                file.write(state)
            steps = steps_after(publications + sum(map(is_superblock, chosen)), total)
            checker.check(steps, steps, f"power failure in epoch {number}, {len(chosen)} of {len(epoch)} changes")
        for record in epoch:
            store(stable, record)
        publications += sum(map(is_superblock, epoch))
    return checker


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trace", help="prefix of the traces; the ranks' numbers are appended")
    parser.add_argument("ranks", type=int)
    parser.add_argument("steps", type=int, help="steps that the run committed")
    parser.add_argument("--image", default="state.h5", help="where the states are rebuilt")
    parser.add_argument("--power", type=int, metavar="SAMPLES", help="subsets to try between two syncs")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    records = sorted(
        (record for rank in range(arguments.ranks) for record in read_trace(f"{arguments.trace}.{rank}", rank)),
        key=lambda record: record[0])
    if arguments.power:
        checker = replay_power_failures(records, arguments.image, arguments.steps, arguments.power, arguments.seed)
    else:
        checker = replay_kills(records, arguments.image, arguments.steps)
    for failure in checker.failures[:10]:
        print(failure)
    print(f"{len(records)} changes, {checker.states} states, {len(checker.failures)} failures")
    return 1 if checker.failures or checker.states == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
