"""Turns the measurements on the standard input, a line of JSON each, into rows of a table, and into one JSON file."""

import argparse
import json
import os
import statistics
import sys

AGAINST = {
    "gzip": (1, "gzip 4, aligned"),
    "shifted": (2, "gzip 4, shifted"),
    "plain": (3, "uncompressed"),
    "plain-disk": (4, "uncompressed"),
    "plain-fsync": (4, "uncompressed"),
    "floor": (5, "its own floor"),
    "floor-fsync": (5, "its own floor"),
    "size": (6, "size of gzip 4"),
    "read": (7, "h5py reads, gzip 4"),
}
SHORT = "{no:<3}{against:<20}{field:<12}{ranks:>5}  {place:<13}{steps:>5}"
NUMBERS = "{other:>10}{tessera:>14}{stored:>12}  {what:<6}{value:>6}  {asked:<10}{reached:<9}{best:<9}{touch:<12}{note}"


def speed_asked_for(one):
    """The speed of Tessera over the other's that is asked for; None where none is."""
    if one["row"] == "plain":
        return 1.0 if one["field"] == "rounded" else 0.75
    if one["row"] == "plain-fsync":
        return 0.9 * one["raw_bytes"] / one["tessera_bytes"]
    return {"gzip": 10, "shifted": 8, "read": 1.0}.get(one["row"])


def ratio_of_medians(one):
    """Time of Tessera over the other's."""
    return statistics.median(one["tessera_seconds"]) / statistics.median(one["other_seconds"])


def ratio_of_fastest_pair(one):
    """The same of the pair, measured one after the other, that took least together: what others disturbed least."""
    tessera, other = min(zip(one["tessera_seconds"], one["other_seconds"]), key=sum)
    return tessera / other


def share_of_first_touch(one):
    """The part of each side's time that went into first touches of memory: "other/Tessera" in per cent."""
    if "seconds_per_fault" not in one:
        return ""
    seconds = statistics.median(one["seconds_per_fault"])

    def share(side):
        return 100 * seconds * statistics.median(one[side + "_faults"]) / statistics.median(one[side + "_seconds"])

    return f"{share('other'):.0f}/{share('tessera'):.0f} %"


def judged(one, time_ratio=ratio_of_medians):
    """What is compared, its value, the limit (None: none) and whether it is reached."""
    if one["row"] == "size":
        value, limit = one["tessera_bytes"] / one["other_bytes"], 1.02
        return "size", value, limit, "<=", value <= limit
    value = time_ratio(one)
    if one["row"].startswith("floor"):
        return "time", value, 1.25, "<=", value <= 1.25
    limit = speed_asked_for(one)
    return "speed", 1 / value, limit, ">=", limit is None or 1 / value >= limit


def place_of(one):
    return f"{one['disk_limit']} MB/s disk" if one.get("disk_limit") else one["place"]


def note_on(one):
    """Where the floor's time goes."""
    if "encode_seconds" not in one:
        return ""
    encode, write = statistics.median(one["encode_seconds"]), statistics.median(one["write_seconds"])
    return f"encoding {encode:.2f} s, writing {write:.2f} s, Tessera {statistics.median(one['tessera_seconds']):.2f} s"


def row_of(one):
    """The line of the table; adds the judgement to the measurement."""
    what, value, limit, sign, reached = judged(one)
    best = None if what == "size" else judged(one, ratio_of_fastest_pair)[1]
    one.update(compared_as=what, value=value, value_of_fastest_pair=best, asked_for=limit,
               reached=None if limit is None else reached)
    no, against = AGAINST[one["row"]]

    def speed(seconds):
        return f"{one['raw_bytes'] / statistics.median(seconds) / 1e6:.0f}" if seconds else ""

    return (SHORT + NUMBERS).format(
        no=no, against=against, field=one["field"], ranks=one["ranks"], place=place_of(one), steps=one["steps"],
        other=speed(one.get("other_seconds")), tessera=speed(one.get("tessera_seconds")),
        stored=f"{one['raw_bytes'] / one['tessera_bytes']:.3f}", what=what, value=f"{value:.4g}",
        asked="" if limit is None else f"{sign} {limit:.4g}",
        reached="" if limit is None else "yes" if reached else "NO", best="" if best is None else f"{best:.4g}",
        touch=share_of_first_touch(one), note=note_on(one)).rstrip()


def sizes_of(one):
    """The row about sizes, which the measurement against gzip gives as well."""
    keys = ("field", "ranks", "place", "engine", "edge", "chunk", "steps", "raw_bytes", "other_bytes", "tessera_bytes")
    return {"row": "size", **{key: one[key] for key in keys}}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", help="all measurements and judgements, written at the end")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, load {load:.1f}. Medians, and the ratio of the fastest pair; its MB/s: of "
          "the other side; MB of the field, not of the file. First touch: what of the other's and of Tessera's time "
          "went into page faults")
    print((SHORT + NUMBERS).format(
        no="", against="against", field="field", ranks="ranks", place="place", steps="steps", other="its MB/s",
        tessera="Tessera MB/s", stored="raw/stored", what="", value="ratio", asked="asked for", reached="reached",
        best="fastest", touch="first touch", note="").rstrip())
    results = []
    for line in sys.stdin:
        one = json.loads(line)
        for row in [one, sizes_of(one)] if one["row"] == "gzip" else [one]:
            print(row_of(row), flush=True)
            results.append(row)
    asked = [row for row in results if row["reached"] is not None]
    print(f"summary: {sum(row['reached'] for row in asked)} of {len(asked)} figures reached")
    if options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump({"cores": os.cpu_count(), "load": load, "rows": results}, file, indent=1)
            file.write("\n")
        print(f"json: {options.json}")


if __name__ == "__main__":
    main()
