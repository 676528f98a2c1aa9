#!/usr/bin/env python3
"""Compares what h5dump says of files with their manifests: chunks, filters, fill values, shapes; h5dump reads all data.

    check_h5dump.py DIRECTORY...
"""

import re
import subprocess
import sys

import manifest as manifests


def h5dump(path, *options):
    run = subprocess.run(["h5dump", *options, str(path)], capture_output=True, text=True, timeout=60, check=False)
    problems = [f"h5dump {' '.join(options)}: exit code {run.returncode}"] if run.returncode else []
    if run.stderr.strip() or "error" in run.stdout[:200].lower():
        problems.append(f"h5dump {' '.join(options)} printed: {run.stderr.strip()[:500]}")
    return run.stdout, problems


def group_text(header, path):
    """The lines of h5dump's header between a run's group and the next of the same depth."""
    if path == "/":
        return re.sub(r"(?ms)^   GROUP .*?^   \}\n", "", header)
    match = re.search(rf'(?ms)^   GROUP "{re.escape(path[1:])}" \{{\n(.*?)^   \}}\n', header)
    return match.group(1) if match else ""


def dataset_text(group, name):
    match = re.search(rf'(?ms)^( +)DATASET "{re.escape(name)}" \{{\n(.*?)^\1\}}\n', group)
    return match.group(2) if match else ""


def expected_lines(field, steps):
    """What has to be in a dataset's description."""
    shape = manifests.shape_of(field, steps)
    limits = ["H5S_UNLIMITED" if field["time_dependent"] else str(shape[0])] + [str(extent) for extent in shape[1:]]
    lines = [f"DATASPACE  SIMPLE {{ ( {', '.join(map(str, shape))} ) / ( {', '.join(limits)} ) }}"]
    if field["chunk"] is not None:
        chunk = [1] * field["time_dependent"] + field["chunk"] + [field["components"]] * (field["components"] > 1)
        lines.append(f"CHUNKED ( {', '.join(map(str, chunk))} )")
    if field["level"] == 0:
        lines += ["FILTERS {", "NONE"]
    else:
        lines.append(f"COMPRESSION DEFLATE {{ LEVEL {field['level']} }}")
        if field["shuffle"] and not field["stored"].endswith("int8"):
            lines.append("PREPROCESSING SHUFFLE")
    lines.append("FILL_TIME H5D_FILL_TIME_" + ("NEVER" if field["fill"] is None else "IFSET"))
    return lines


def check_header(header, manifest):
    problems = []
    for run in manifest["runs"]:
        group = group_text(header, manifests.group_path(run))
        for field in manifests.fields_in_file(run, manifest):
            text = dataset_text(group, field["name"])
            for line in expected_lines(field, len(run["times"])):
                if line not in text:
                    problems.append(f"{run['name']}/{field['name']}: h5dump does not say '{line}'")
            if field["level"] == 0 and "DEFLATE" in text:
                problems.append(f"{run['name']}/{field['name']}: compressed")
    return problems


def main():
    files = 0
    failed = False
    for path, manifest in manifests.read_all(sys.argv[1:]):
        header, problems = h5dump(path, "-H", "-p")
        problems += check_header(header, manifest) + h5dump(path, "-o", "/dev/null")[1]
        files += 1
        for problem in problems:
            failed = True
            print(f"{path.name}: {problem}")
    print(f"{files} files")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
