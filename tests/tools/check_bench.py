#!/usr/bin/env python3
"""tessera bench: what it measures fits together, alone and on several ranks; its files are gone afterwards.

    check_bench.py TESSERA LAUNCH WRITER
"""

import json
import os
import subprocess

from program import LAUNCH, TESSERA, require, tessera, tessera_json

SMALL = ("--size", "256K", "--steps", "3")


def check_results(results, ranks):
    require(results["ranks"] == ranks and results["steps"] == 3, f"{results['ranks']} ranks, {results['steps']} steps")
    require(results["step_bytes"] == ranks * 32**3 * 8, f"{results['step_bytes']} bytes a step")
    names = [way["name"] for way in results["ways"]]
    require(len(set(names)) == len(names) and names[0] == "bytes, nothing else", names)
    for way in results["ways"]:
        require(way["seconds"] > 0, f"{way['name']}: {way['seconds']} s")
        rate = results["step_bytes"] / way["seconds"]
        require(abs(way["bytes_per_second"] / rate - 1) < 1e-9, f"{way['name']}: {way['bytes_per_second']} B/s")
        if way["compressed"]:
            require(1.05 < way["ratio"] < 5, f"{way['name']}: ratio {way['ratio']}")
        elif way["engine"] != "collective":  # of which metadata counts too
            require(way["ratio"] == 1, f"{way['name']}: ratio {way['ratio']}")
        if way["engine"] == "direct":
            require(way["requests"] >= 1 and way["mean"]["encode"] > 0, way)
    chunks = [way["chunk_bytes"] for way in results["ways"] if way["engine"] == "direct" and way["compressed"]]
    require(chunks == [1 << 18, 1 << 20, 1 << 22], f"chunks of {chunks}")
    require(0 < results["small_commit_seconds"] < 10, f"{results['small_commit_seconds']} s")
    topics = [sentence.split(":")[0] for sentence in results["advice"]]
    require({"chunk bytes", "compression", "ranks", "small steps"} <= set(topics), topics)


def main():
    os.makedirs("here", exist_ok=True)
    environment = dict(os.environ, TESSERA_ENGINE="collective", TESSERA_REPORT="lines")  # neither counts
    for ranks in (2, 3):
        done = subprocess.run([LAUNCH, str(ranks), TESSERA, "bench", "here", *SMALL, "--json"], check=True, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=100, env=environment)
        require("tessera" not in done.stderr, done.stderr)
        check_results(json.loads(done.stdout), ranks)
    check_results(tessera_json("bench", "here", *SMALL), 1)
    text = tessera("bench", "here", *SMALL, "--level", "0", "--power-safe").stdout
    require("direct, not compressed" in text and "chunks of" not in text and "\nranks: " in text, text)
    require(os.listdir("here") == [], f"{os.listdir('here')} is left")

    for wrong in (["--steps", "0"], ["--level", "10"], ["--size", "much"]):
        require("--help" in tessera("bench", "here", *wrong, codes=(64,)).stderr, wrong)
    tessera("bench", "nowhere", codes=(64,))
    with open("a_file", "w", encoding="utf-8"):
        pass
    tessera("bench", "a_file", codes=(64,))
    # It is a directory, in which nothing can be made.
    done = subprocess.run([LAUNCH, "2", TESSERA, "bench", "/proc/self", *SMALL], capture_output=True, text=True,
                          timeout=60, check=False)
    require(done.returncode != 0 and done.stderr.count("tessera: ") == 1, done.stderr)


if __name__ == "__main__":
    main()
