"""Traces of recorder.cpp: what each rank of a run changed in the file, in time."""

import os
import struct
from typing import NamedTuple

WRITE, GROW, SYNC, TRUNCATE = 0, 1, 2, 3
SECTOR = 512


class Change(NamedTuple):
    """One call of a rank."""

    time: int
    rank: int
    kind: int
    offset: int
    payload: bytes

    @property
    def publishes(self):
        return self.kind == WRITE and self.offset == 0


def read_trace(path, rank):
    changes = []
    with open(path, "rb") as file:
        data = file.read()
    position = 0
    while position < len(data):
        time, kind, offset, length = struct.unpack_from("<4Q", data, position)
        position += 32
        changes.append(Change(time, rank, kind, offset, data[position:position + length]))
        position += length
    return changes


def merged(prefix, ranks):
    """All ranks' changes in the order of the machine's clock: writes by their begin, syncs by their end."""
    changes = [change for rank in range(ranks) for change in read_trace(f"{prefix}.{rank}", rank)]
    return sorted(changes, key=lambda change: change.time)


def pieces(change):
    """A write cut where sectors begin: [(first byte, behind the last byte)], counted in the write."""
    cuts = list(range(SECTOR - change.offset % SECTOR, len(change.payload), SECTOR))
    return list(zip([0, *cuts], [*cuts, len(change.payload)]))


class Image:
    """The file's content. Its end may be a hole, which takes no memory."""

    def __init__(self, other=None):
        self.bytes = bytearray(other.bytes) if other else bytearray()
        self.length = other.length if other else 0

    def apply(self, change, parts=None):
        """Applies a change, or some parts of a write (pairs as of pieces())."""
        if change.kind == GROW:
            self.length = max(self.length, change.offset)
        elif change.kind == TRUNCATE:
            self.length = change.offset
            del self.bytes[self.length:]
        elif change.kind == WRITE:
            for begin, end in parts if parts is not None else [(0, len(change.payload))]:
                first, last = change.offset + begin, change.offset + end
                if len(self.bytes) < last:
                    self.bytes.extend(bytes(last - len(self.bytes)))
                self.bytes[first:last] = change.payload[begin:end]
                self.length = max(self.length, last)

    def save(self, path):
        with open(path, "wb") as file:
            file.write(self.bytes)
            os.ftruncate(file.fileno(), self.length)
