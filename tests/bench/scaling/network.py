#!/usr/bin/env python3
"""The messages of a commit on a simulated machine, for up to 100,000 ranks and more. Prints a line of JSON, which
model.py compares with its model: seconds from the end of each stage on all ranks to that of the next, without encoding,
writing and publishing between. network.cpp simulates the same with SimGrid, for some thousand ranks.

    scaling/network.py RANKS... [--chunks N] [--node RANKS] [--collectives linear|tree]
        [--registrations direct|node|tree] [--latency S] [--bandwidth BYTES_PER_S] [--send S] [--receive S]

A message costs its sender and its receiver time in which they do nothing else (--send, --receive). Between nodes it
takes --latency, and goes byte by byte through the network interfaces of both nodes, each one message after the other;
within a node it takes a sixth of that. --collectives: how MPI gathers and scatters a few numbers of each rank: linear
as Open MPI does without blocking, or by a binomial tree as MPICH does. --registrations: 16 bytes a chunk that go to
rank 0, directly (what the library does), by one rank of each node, or up a binomial tree.
"""

import argparse
import heapq
import json

STAGES = ["agree", "prepare", "exchange", "numbers", "registrations", "answer"]


def binomial(ranks):
    """(parent, children, ranks below and itself) of a rank. Children with most below them come first."""

    def of(rank):
        bit = rank & -rank if rank else 1 << (ranks - 1).bit_length()
        children = []
        size = min(bit, ranks - rank)
        while bit > 1:
            bit //= 2
            if rank + bit < ranks:
                children.append(rank + bit)
        return rank & (rank - 1), children, size

    return of


def grouped(ranks, group):
    """Two levels: groups of so many, whose first one is below rank 0; one level with groups of one."""

    def of(rank):
        first = rank - rank % group
        if rank != first:
            return first, [], 1
        last = min(ranks, first + group)
        children = list(range(group, ranks, group)) if rank == 0 else []
        return 0, children + list(range(rank + 1, last)), ranks if rank == 0 else last - first

    return of


def dims_of(ranks):
    """A cube of ranks, as far as the number has such divisors."""
    best = (1, 1, ranks)
    for a in range(1, int(ranks ** (1 / 3)) + 2):
        for b in range(a, int((ranks / a) ** 0.5) + 1) if ranks % a == 0 else []:
            if ranks // a % b == 0:
                best = (a, b, ranks // a // b)
    return best


def neighbours_of(rank, dims):
    strides = (dims[1] * dims[2], dims[2], 1)
    for stride, extent in zip(strides, dims):
        at = rank // stride % extent
        if at > 0:
            yield rank - stride
        if at + 1 < extent:
            yield rank + stride


def commit(rank, ranks, options):
    """What one rank does: yields (stage, to, bytes) to send, (stage, count) to receive, (stage,) when it is over."""
    tree = binomial(ranks)(rank)
    flat = grouped(ranks, 1)(rank)
    of_numbers = tree if options.collectives == "tree" else flat
    ways = {"direct": flat, "tree": tree, "node": grouped(ranks, options.node)(rank)}
    for stage in ("agree", "prepare"):
        yield from gather(rank, tree, stage, lambda _: 56)
        yield from scatter(rank, tree, stage, lambda _: 56)
        yield (stage,)
    others = list(neighbours_of(rank, options.dims))
    for other in others:
        yield "exchange", other, options.exchange
    yield "exchange", len(others)
    yield ("exchange",)
    yield from gather(rank, of_numbers, "numbers", lambda size: 24 * size)
    yield ("numbers",)
    yield from gather(rank, ways[options.registrations], "registrations", lambda size: 16 * (options.chunks + 8) * size)
    yield ("registrations",)
    child_size = binomial(ranks) if options.collectives == "tree" else grouped(ranks, 1)
    yield from scatter(rank, of_numbers, "answer", lambda child: 24 * child_size(child)[2])
    yield ("answer",)


def gather(rank, tree, stage, bytes_of):
    parent, children, size = tree
    if children:
        yield stage, len(children)
    if rank > 0:
        yield stage, parent, bytes_of(size)


def scatter(rank, tree, stage, bytes_of):
    if rank > 0:
        yield stage + " back", 1
    for child in tree[1]:
        yield stage + " back", child, bytes_of(child)


class Machine:
    def __init__(self, options, ranks):
        self.options = options
        self.events = []  # (when, number, what, arguments)
        self.numbers = 0
        nodes = -(-ranks // options.node)
        self.sending_until, self.receiving_until = [0.0] * nodes, [0.0] * nodes
        self.programs = [commit(rank, ranks, options) for rank in range(ranks)]
        self.now = [0.0] * ranks  # of each rank
        self.missing = [(None, 0)] * ranks  # messages of a stage that it waits for
        self.there = {}  # when messages have come that nobody waited for, by rank and stage
        self.ends = dict.fromkeys(STAGES, 0.0)
        for rank in range(ranks):
            self.go_on(rank)

    def at(self, when, what, *arguments):
        heapq.heappush(self.events, (when, self.numbers, what, arguments))
        self.numbers += 1

    def run(self):
        while self.events:
            when, _, what, arguments = heapq.heappop(self.events)
            what(when, *arguments)

    def go_on(self, rank):
        for action in self.programs[rank]:
            if len(action) == 1:
                self.ends[action[0]] = max(self.ends[action[0]], self.now[rank])
            elif len(action) == 3:
                self.send(rank, *action)
            elif not self.receives(rank, *action):
                return

    def send(self, rank, stage, to, size):
        self.now[rank] += self.options.send
        begin, transfer = self.now[rank], size / self.options.bandwidth
        node, other = rank // self.options.node, to // self.options.node
        if node == other:
            self.at(begin + self.options.latency / 6 + transfer, self.arrive, to, stage)
        else:
            self.at(begin, self.leave, node, other, to, stage, transfer)

    def leave(self, when, node, other, to, stage, transfer):
        begin = max(when, self.sending_until[node])
        self.sending_until[node] = begin + transfer
        self.at(begin + self.options.latency, self.enter, other, to, stage, transfer)

    def enter(self, when, node, to, stage, transfer):
        self.receiving_until[node] = max(when, self.receiving_until[node]) + transfer
        self.at(self.receiving_until[node], self.arrive, to, stage)

    def take(self, rank, when):
        self.now[rank] = max(self.now[rank], when) + self.options.receive

    def receives(self, rank, stage, count):
        there = self.there.pop((rank, stage), [])
        for when in there[:count]:
            self.take(rank, when)
        self.missing[rank] = (stage, count - len(there[:count]))
        return self.missing[rank][1] == 0

    def arrive(self, when, rank, stage):
        waits_for, missing = self.missing[rank]
        if waits_for != stage or missing == 0:
            self.there.setdefault((rank, stage), []).append(when)
            return
        self.take(rank, when)
        self.missing[rank] = (stage, missing - 1)
        if missing == 1:
            self.go_on(rank)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("ranks", type=int, nargs="+")
    parser.add_argument("--chunks", type=int, default=100, help="of a rank")
    parser.add_argument("--exchange", type=int, default=2000, help="bytes that go to each neighbour")
    parser.add_argument("--node", type=int, default=64, help="ranks of a node")
    parser.add_argument("--collectives", choices=["linear", "tree"], default="linear", help="of MPI")
    parser.add_argument("--registrations", choices=["direct", "node", "tree"], default="direct", help="how they go")
    parser.add_argument("--latency", type=float, default=1.5e-6)
    parser.add_argument("--bandwidth", type=float, default=12.5e9, help="of a node")
    parser.add_argument("--send", type=float, default=0.25e-6)
    parser.add_argument("--receive", type=float, default=1e-6)
    options = parser.parse_args()
    for ranks in options.ranks:
        options.dims = dims_of(ranks)
        machine = Machine(options, ranks)
        machine.run()
        line = {"simulated_ranks": ranks, "by": "network.py", "chunks": options.chunks * ranks}
        line |= {"collectives": options.collectives, "registrations": options.registrations}
        before = 0.0
        for stage in STAGES:
            line[stage + "_s"] = float(f"{machine.ends[stage] - before:.4g}")
            before = machine.ends[stage]
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
