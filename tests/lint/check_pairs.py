#!/usr/bin/env python3
"""Every source of src/ has a header of its name, in its directory or in include/tessera, or is in the table "Sources
without a header of their own" of ARCHITECTURE.md, with the header that declares what it defines."""

import fnmatch
import sys

from check_layers import read_table
from sources import root


def main():
    table = read_table((root / "ARCHITECTURE.md").read_text(encoding="utf-8"), "Sources without a header of their own")
    faults = [] if table else ["ARCHITECTURE.md: the table was not found"]
    used = set()
    sources = sorted((root / "src").rglob("*.cpp"))
    for source in sources:
        name = source.relative_to(root / "src").as_posix()
        if source.with_suffix(".hpp").exists() or (root / "include/tessera" / source.with_suffix(".hpp").name).exists():
            continue
        patterns = [pattern for pattern in table if fnmatch.fnmatch(name, pattern)]
        used.update(patterns)
        if not patterns:
            faults.append(f"src/{name}: has no header of its name")
        for header in (header for pattern in patterns for header in table[pattern]):
            if not (root / "src" / header).exists() and not (root / "include" / header).exists():
                faults.append(f"ARCHITECTURE.md: {header}, for src/{name}, does not exist")
    faults += [f"ARCHITECTURE.md: no source without a header is called {pattern}" for pattern in set(table) - used]
    print("\n".join(faults) or f"{len(sources)} sources, no fault")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
