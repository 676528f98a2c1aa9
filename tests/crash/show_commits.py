#!/usr/bin/env python3
"""Prints what each commit of a recorded run wrote, and where: show_commits.py TRACE RANKS [--commits N] [--blocks]

A record comes from crash_writer FILE STEPS --trace TRACE. A line tells where bytes went, by which rank, in how many
writes, and whether something was there before; --blocks has a line for every block, with HDF5's name for it.
"""

import argparse
import struct

from recorded import GROW, SYNC, TRUNCATE, merged

BLOCKS = {
    b"OHDR": "object header", b"OCHK": "object header's next part",
    b"EAHD": "index of chunks", b"EAIB": "index of chunks",
    b"EASB": "index of chunks", b"EADB": "index of chunks", b"FAHD": "index of chunks", b"FADB": "index of chunks",
    b"GCOL": "global heap", b"FRHP": "heap", b"FHDB": "heap", b"FHIB": "heap", b"BTHD": "B-tree", b"BTLF": "B-tree",
    b"BTIN": "B-tree", b"FSHD": "free space", b"FSSE": "free space",
}


RECORD = b"TESSFREE"  # the record of free space
MARK = b"tessera\n"  # at the end of the hole behind the content


def superblock(payload):
    """Version 3 (HDF5 File Format Specification, section II.A): the end of the file and the root group's address."""
    _, _, end, root = struct.unpack_from("<4Q", payload, 12)
    return f"version {payload[8]}, end of file {end}, root group at {root}", root


class Commits:
    def __init__(self, blocks):
        self.blocks = blocks
        self.lines, self.touched, self.trees = [], [], {}
        self.metadata = False  # rank 0 writes its chunks first, then the tree

    def kind_of(self, change, before):
        if change.payload[:8] == RECORD:
            return "record of free space"
        name = BLOCKS.get(change.payload[:4])
        self.metadata = self.metadata or (change.rank == 0 and (name is not None or before))
        if not self.metadata or change.rank != 0:
            return "chunks"
        return f"tree, {name or 'values'}" if self.blocks else "tree"

    def note(self, change):
        begin, end = change.offset, change.offset + len(change.payload)
        before = any(first < end and begin < last for first, last in self.touched)
        kind = self.kind_of(change, before)
        self.touched.append((begin, end))
        key = (change.rank, kind, "in place" if before else "new")
        line = next((line for line in self.lines if line[0] == key), None)
        if line is None or (self.blocks and not 0 <= begin - line[2] <= 16):
            self.lines.append([key, begin, end, 1])
        else:
            line[1:] = min(line[1], begin), max(line[2], end), line[3] + 1

    def publish(self, number, change):
        text, root = superblock(change.payload)
        tree = self.trees.setdefault(root, chr(ord("A") + len(self.trees)))
        print("creation" if number == 0 else f"commit {number}", f"(tree {tree})")
        for (rank, kind, place), begin, end, count in self.lines:
            writes = "1 write" if count == 1 else f"{count} writes"
            print(f"  {begin:>8} .. {end:<8} rank {rank}  {kind}: {writes}, {place}")
        print(f"  {0:>8} .. {len(change.payload):<8} rank {change.rank}  superblock: {text}")
        self.lines, self.metadata = [], False


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("trace")
    parser.add_argument("ranks", type=int)
    parser.add_argument("--commits", type=int, default=5, help="how many to print")
    parser.add_argument("--blocks", action="store_true", help="every block")
    options = parser.parse_args()
    commits, number = Commits(options.blocks), 0
    for change in merged(options.trace, options.ranks):
        if change.kind == GROW:
            print(f"  the file is made {change.offset} bytes long, with a hole at its end")
        elif change.kind == TRUNCATE:
            print(f"  the file is truncated to {change.offset} bytes")
        elif change.kind == SYNC:
            print(f"  rank {change.rank} syncs")
        elif change.payload == MARK:
            print("  and gets a mark at its end")
        elif not change.publishes:
            commits.note(change)
        elif number <= options.commits:
            commits.publish(number, change)
            number += 1
        else:
            return


if __name__ == "__main__":
    main()
