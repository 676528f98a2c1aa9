#!/usr/bin/env python3
"""Tables of docs/scaling.md from lines that `scaling` and `network` have printed: what was counted, what the model
says, and what a simulated machine says beside it.

    scaling/model.py LINES... [--latency S] [--send S] [--receive S] [--bandwidth BYTES_PER_S] [--chunks N]

Without options for the network it is this machine's, as measured with two ranks. Collectives of few bytes are as Open
MPI has them without blocking: reductions go up and down a binomial tree, gathering and scattering is linear.
"""

import argparse
import json
import math


def read(paths):
    lines = []
    for path in paths:
        with open(path, encoding="utf-8") as file:
            lines += [json.loads(line) for line in file if line.startswith("{")]
    return [[one for one in lines if key in one] for key in ("ranks", "latency_s", "simulated_ranks")]


def print_counts(runs):
    print("| ranks | shift | collectives | sent by a rank | bytes sent | received by rank 0 | bytes received |")
    print("|---|---|---|---|---|---|---|")
    for run in sorted(runs, key=lambda one: (one["shift"], one["ranks"])):
        of_rank, root = run["steady"]["others"], run["steady"]["rank_0"]
        print(
            f"| {run['ranks']} | {run['shift']} | {root['collectives']} | {of_rank['sent']} | {of_rank['sent_bytes']} "
            f"| {root['received']} | {root['received_bytes']} |"
        )


def slope(runs, what):
    """Seconds for each chunk: between the fewest and the most of them, on one rank."""
    alone = sorted((run for run in runs if run["ranks"] == 1), key=lambda one: one["chunks"])
    if len(alone) < 2:
        return None
    first, last = alone[0], alone[-1]
    return (last[what] - first[what]) / (last["chunks"] - first["chunks"])


def network_seconds(options, ranks, chunks):
    """Of each stage that has messages to or from all ranks."""
    hop = options.latency
    tree = math.ceil(math.log2(ranks)) * hop
    return {
        "agree": 2 * tree,
        "prepare": 2 * tree,
        "numbers": hop + ranks * max(options.receive, 24 / options.bandwidth),
        "registrations": hop + max(ranks * options.receive, 16 * chunks / options.bandwidth),
        "answer": hop + ranks * max(options.send, 24 / options.bandwidth),
    }


def print_model(options, publish, chunks_of_rank):
    print("| ranks | chunks | agree, prepare | gather | publish | answer | all | rank 0's memory |")
    print("|---|---|---|---|---|---|---|---|")
    for ranks in (100, 1000, 10_000, 100_000):
        chunks = ranks * chunks_of_rank
        stages = network_seconds(options, ranks, chunks)
        times = [stages["agree"] + stages["prepare"], stages["numbers"] + stages["registrations"]]
        times += [publish * chunks, stages["answer"]]
        times.append(sum(times))
        memory = 96 * ranks + (16 + 24 + 32) * chunks
        cells = " | ".join(f"{1e3 * seconds:.3g} ms" for seconds in times)
        print(f"| {ranks} | {chunks} | {cells} | {memory / 1e6:.3g} MB |")


def print_simulated(options, runs):
    names = "ranks | registrations | collectives | agree, prepare | exchange | gather | answer"
    print(f"| {names} | model: agree, prepare | gather | answer |\n{'|---' * 10}|")
    for run in runs:
        model = network_seconds(options, run["simulated_ranks"], run["chunks"])
        found = {key.removesuffix("_s"): run[key] for key in run if key.endswith("_s")}
        times = [found["agree"] + found["prepare"], found["exchange"], found["numbers"] + found["registrations"]]
        times += [found["answer"], model["agree"] + model["prepare"], model["numbers"] + model["registrations"]]
        times.append(model["answer"])
        cells = " | ".join(f"{1e3 * seconds:.3g} ms" for seconds in times)
        print(f"| {run['simulated_ranks']} | {run['registrations']} | {run['collectives']} | {cells} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lines", nargs="+")
    parser.add_argument("--latency", type=float)
    parser.add_argument("--send", type=float, default=0.25e-6)
    parser.add_argument("--receive", type=float)
    parser.add_argument("--bandwidth", type=float)
    parser.add_argument("--chunks", type=int, default=100, help="of a rank")
    options = parser.parse_args()
    runs, network, simulated = read(options.lines)
    print_counts(runs)
    if network:
        options.latency = options.latency or min(one["latency_s"] for one in network)
        options.receive = options.receive or min(one["receive_s"] for one in network)
        options.bandwidth = options.bandwidth or max(one["bytes_per_s"] for one in network)
    if options.latency is None:
        return
    if simulated:
        print_simulated(options, simulated)
    publish, plan = slope(runs, "publish_s"), slope(runs, "plan_s")
    if publish is None:
        return
    receive, bandwidth = 1e6 * options.receive, options.bandwidth / 1e9
    print(f"\nlatency {1e6 * options.latency:.2g} us, small message received in {receive:.2g} us, {bandwidth:.2g} GB/s")
    print(f"a chunk: {1e6 * publish:.2g} us published, {1e6 * plan:.2g} us planned\n")
    print_model(options, publish, options.chunks)


if __name__ == "__main__":
    main()
