#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Holds docs/verify.md and docs/untrusted-paper.md to what is there: each test that they name is one of ctest's, each case is
in the tests, each bound of base/limits.h is in the table.

usage: tests/e2e/promises.py BUILD SOURCE"""
import pathlib
import re
import subprocess
import sys

CACHE = {"PDF_STORE_MAX"}  # bounds a cache, and refuses nothing


def last_cells(text, heads):
    """The last cell of each row of the tables whose head ends with one of those words."""
    inside = False
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if not cells:
            inside = False
        elif cells[-1] in heads:
            inside = True
        elif inside and not set(cells[-1]) <= {"-"}:
            yield cells[-1]


def main():
    build, source = sys.argv[1], pathlib.Path(sys.argv[2])
    listed = subprocess.run(["ctest", "--test-dir", build, "-N"], stdout=subprocess.PIPE, check=True, text=True).stdout
    tests = set(re.findall(r"Test +#\d+: (\S+)", listed))
    code = "".join(p.read_text(encoding="utf-8") for p in (source / "tests").glob("*/test_*.c"))
    faults, named = [], set()
    pages = {name: (source / "docs" / name).read_text(encoding="utf-8") for name in ("verify.md", "untrusted-paper.md")}
    for page, text in pages.items():
        for cell in last_cells(text, ("test", "tried by")):
            names = re.findall(r"`([^`]+)`", cell)
            named.update(names)
            faults += [f"{page} names {name}, which is no test" for name in names if name not in tests]
            faults += [f"{page} names the case {case}, which is none" for case in re.findall(r"\b[a-z0-9]+(?:_[a-z0-9]+)+\b", re.sub(r"`[^`]+`", "", cell))
                       if not re.search(rf"\b{case}\b", code)]
            if not names:
                faults.append(f"{page}: nothing shows this: {cell!r}")
    limits = (source / "src/base/limits.h").read_text(encoding="utf-8")
    bounds = set(re.findall(r"^(?:#define|   ) ([A-Z_]+)(?: = | \(|  ?\d)", limits, re.M)) - CACHE
    faults += [f"no table has the bound {name}" for name in sorted(bounds) if f"`{name}`" not in pages["untrusted-paper.md"]]
    print(f"{len(named)} tests named, {len(bounds)} bounds")
    if len(named) < 20 or len(bounds) < 20:
        faults.append("the pages or the bounds were not understood")
    sys.exit("\n".join(faults) if faults else 0)


if __name__ == "__main__":
    main()
