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
    """The file's content. Holes of some size take no memory: what lies behind one is kept apart."""

    HOLE = 1 << 20

    def __init__(self, other=None):
        self.bytes = bytearray(other.bytes) if other else bytearray()
        self.behind_hole = dict(other.behind_hole) if other else {}  # by offset
        self.length = other.length if other else 0

    @classmethod
    def of(cls, path):
        """Of a file that is there; what is only zeros counts as a hole."""
        image = cls()
        with open(path, "rb") as file:
            while part := file.read(cls.HOLE):
                if part.strip(b"\0"):
                    image.write(image.length, part)
                image.length = file.tell()
        return image

    def write(self, first, payload):
        last = first + len(payload)
        self.length = max(self.length, last)
        if first > len(self.bytes) + self.HOLE:
            self.behind_hole[first] = payload
            return
        while len(self.bytes) < last:
            reached = min((offset for offset in self.behind_hole if offset <= last), default=last)
            self.bytes.extend(bytes(reached - len(self.bytes)) + self.behind_hole.pop(reached, b""))
        self.bytes[first:last] = payload

    def apply(self, change, parts=None):
        """Applies a change, or some parts of a write (pairs as of pieces())."""
        if change.kind == GROW:
            self.length = max(self.length, change.offset)
        elif change.kind == TRUNCATE:
            self.length = change.offset
            del self.bytes[self.length:]
            self.behind_hole = {offset: one for offset, one in self.behind_hole.items() if offset < self.length}
        elif change.kind == WRITE:
            for begin, end in parts if parts is not None else [(0, len(change.payload))]:
                self.write(change.offset + begin, change.payload[begin:end])

    def save(self, path):
        with open(path, "wb") as file:
            file.write(self.bytes)
            for offset, payload in self.behind_hole.items():
                file.seek(offset)
                file.write(payload)
            os.ftruncate(file.fileno(), self.length)
