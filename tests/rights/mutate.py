#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Does a test fail for every slip that could be made in src/rights?

Each comparison, constant, connective and sign of the files there is changed, one at a time, in a copy under the build
directory; the tests of rights/ are built against the copy (with sanitizers) and must fail. A change that makes no
difference is listed in mutants.tsv with its reason; a line there that no longer fits is an error.

    tests/rights/mutate.py --library build/check/libirsort-core.a --work build/check/mutants
"""
import argparse
import collections
import csv
import pathlib
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

HERE = pathlib.Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
FILES = ["calendar.c", "deadline.c", "rights.c", "deadline.h"]
UNITS = ["calendar.c", "deadline.c", "rights.c"]
TESTS = ["deadlines", "ladder", "calendar", "examples", "oracle", "memory"]  # those that find most come first
RUN_SECONDS = 30  # the slowest test takes two; a change can make a loop endless

SANITIZE = ["-fsanitize=address,undefined,bounds-strict", "-fno-sanitize-recover=all"]
CFLAGS = ["-std=c17", "-O1", "-g", "-w", "-fno-common", "-D_GNU_SOURCE", f'-DPROJECT_DIR="{PROJECT}"', *SANITIZE]

WEEKDAYS = ["SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY"]
SWAPS = {
    "<": ["<=", ">="], "<=": ["<", ">"], ">": [">=", "<="], ">=": [">", "<"], "==": ["!="], "!=": ["=="],
    "&&": ["||"], "||": ["&&"], "+": ["-"], "-": ["+"], "+=": ["-="], "++": ["--"], "--": ["++"], "%": ["/"], "!": [""],
    "true": ["false"], "false": ["true"],
    **{day: [WEEKDAYS[(i + 1) % 7], WEEKDAYS[(i + 6) % 7]] for i, day in enumerate(WEEKDAYS)},
}
TOKEN = re.compile(
    r'(?P<skip>/\*.*?\*/|"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|^\s*#\s*(?:include|if|endif|ifndef)[^\n]*|^\s*#\s*define \w+_H$)'
    r"|(?P<number>\b\d+\b)|(?P<word>\b[A-Za-z_]\w*\b)|(?P<sign>->|<<|>>|<=|>=|==|!=|&&|\|\||\+\+|--|[-+*/%]=|[-+<>%!])",
    re.DOTALL | re.MULTILINE)

Mutant = collections.namedtuple("Mutant", "file offset old new name")


def find_mutants(file, text):
    seen = collections.Counter()
    for token in TOKEN.finditer(text):
        old = token.group()
        if token.lastgroup == "skip":
            continue
        news = [str(int(old) + 1), str(int(old) - 1)] if token.lastgroup == "number" else SWAPS.get(old, [])
        start = text.rfind("\n", 0, token.start()) + 1
        line = text[start:text.find("\n", token.start())].strip()
        seen[file, line, old] += 1
        for new in news:
            name = f"{file}: {line} :: {old} -> {new or 'nothing'} ({seen[file, line, old]})"
            yield Mutant(file, token.start(), old, new, name)


def load_equivalents():
    with open(HERE / "mutants.tsv", encoding="utf-8", newline="") as table:
        rows = csv.reader((line for line in table if not line.startswith("#")), delimiter="\t", quoting=csv.QUOTE_NONE)
        return {name: reason for name, reason in rows}


class Bench:
    """One copy of src/rights, built and run again and again."""

    def __init__(self, work, library, flags):
        self.work, self.library, self.flags = work, library, flags
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(PROJECT / "src" / "rights", work / "src" / "rights")
        self.includes = [f"-I{work / 'src'}", f"-I{PROJECT / 'src'}"]
        for unit in UNITS:
            self.compile(unit)
        for test in TESTS:
            self.run("cc", *CFLAGS, *self.includes, f"-I{PROJECT / 'tests' / 'rights'}", "-c",
                     PROJECT / "tests" / "rights" / f"test_{test}.c", "-o", work / f"test_{test}.o", check=True)
        failed = self.failing_test()
        if failed:
            sys.exit(f"the test {failed} fails before anything is changed")

    @staticmethod
    def run(*command, check=False, **options):
        return subprocess.run([str(word) for word in command], check=check, **options)

    def compile(self, unit):
        done = self.run("cc", *CFLAGS, *self.includes, "-c", self.work / "src" / "rights" / unit, "-o",
                        self.work / f"{unit}.o", stderr=subprocess.DEVNULL)
        return done.returncode == 0

    def failing_test(self):
        for test in TESTS:
            program = self.work / test
            wrap = ["-Wl,--wrap=calloc"] if test == "memory" else []
            self.run("cc", *SANITIZE, *wrap, self.work / f"test_{test}.o", *(self.work / f"{unit}.o" for unit in UNITS),
                     self.library, *self.flags, "-o", program, check=True)
            try:
                done = self.run(program, timeout=RUN_SECONDS, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            except subprocess.TimeoutExpired:
                return test
            if done.returncode != 0:
                return test
        return None

    def verdict(self, mutant):
        """The test that fails, "compiler", or None."""
        path = self.work / "src" / "rights" / mutant.file
        text = path.read_text(encoding="utf-8")
        units = UNITS if mutant.file.endswith(".h") else [mutant.file]
        path.write_text(text[:mutant.offset] + mutant.new + text[mutant.offset + len(mutant.old):], encoding="utf-8")
        compiled = all([self.compile(unit) for unit in units])
        found = self.failing_test() if compiled else "compiler"
        path.write_text(text, encoding="utf-8")
        for unit in units:
            self.compile(unit)
        return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", required=True, type=pathlib.Path, help="libirsort-core.a, for base/ and catalogue/")
    parser.add_argument("--work", required=True, type=pathlib.Path, help="where the copies go; emptied first")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--only", default="", help="changes whose name has this in it")
    options = parser.parse_args()

    equivalents = load_equivalents()
    mutants = [m for file in FILES
               for m in find_mutants(file, (PROJECT / "src" / "rights" / file).read_text(encoding="utf-8"))]
    stale = set(equivalents) - {m.name for m in mutants}
    wanted = [m for m in mutants if options.only in m.name]
    flags = subprocess.run(["pkg-config", "--libs", "libcyaml", "yaml-0.1", "libpcre2-8", "cmocka"], check=True,
                           stdout=subprocess.PIPE, text=True).stdout.split() + ["-lunistring", "-lm"]
    benches = [Bench(options.work.resolve() / str(i), options.library.resolve(), flags) for i in range(options.jobs)]
    free = list(benches)

    def judge(mutant):
        bench = free.pop()
        try:
            return bench.verdict(mutant)
        finally:
            free.append(bench)

    with ThreadPoolExecutor(options.jobs) as pool:
        verdicts = dict(zip((m.name for m in wanted), pool.map(judge, wanted)))

    survivors = [name for name, found in verdicts.items() if found is None and name not in equivalents]
    wrong = [name for name, found in verdicts.items() if found is not None and name in equivalents]
    found = collections.Counter(verdicts.values())
    equal = sum(1 for name in verdicts if verdicts[name] is None and name in equivalents)
    refused = found.pop("compiler", 0)
    killed = sum(count for test, count in found.items() if test is not None)
    print(f"{len(wanted)} changes: {killed} found by a test ("
          + ", ".join(f"{test} {found[test]}" for test in TESTS)
          + f"), {refused} refused by the compiler, {equal} without effect, {len(survivors)} not found")
    for heading, names in (("not found", survivors), ("listed as without effect, but found", wrong),
                           ("listed, but there is no such change", sorted(stale))):
        for name in names:
            print(f"{heading}: {name}")
    return 1 if survivors or wrong or stale else 0


if __name__ == "__main__":
    sys.exit(main())
