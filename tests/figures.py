#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Prints how many letters irsort identifies, and how many it gets wrong, over folders of scans with a truth.tsv.

usage: tests/figures.py PROGRAM [-v] [--only GLOB]... FOLDER...  each folder holds truth.tsv and the files it names
       tests/figures.py PROGRAM [-v] --none FOLDER               none of the files below it is a letter of the catalogue

Exit status 1 if anything was identified as what it is not, or a notice date was wrong in an identified letter."""
import collections
import csv
import fnmatch
import json
import pathlib
import resource
import subprocess
import sys

DATES = ("notice_date", "hearing_by", "respond_by", "termination_date")


def read(program, files):
    """All letters of the files: {file: [letter, …]} and the CPU seconds it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run = subprocess.run([program, "read", "--json", *map(str, files)], stdout=subprocess.PIPE, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if run.returncode == 2:
        sys.exit("irsort could not start")
    letters = collections.defaultdict(list)
    for line in run.stdout.decode().splitlines():
        letter = json.loads(line)
        letters[letter["source"]["file"]].append(letter)
    return letters, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def value(letter, field):
    found = letter.get("fields", {}).get(field)
    if found is None:
        return ""
    if isinstance(found, list):
        return ",".join(v["value"] for v in found)
    return found["value"]


def plain(number):
    return number.upper().replace("LETTER", "L").replace("LTR", "L").replace(" ", "").replace("-", "")


def money(text):
    return text.replace("$", "").replace(",", "")


class Tally:
    def __init__(self):
        self.counts = collections.defaultdict(collections.Counter)

    def add(self, group, what):
        self.counts[group][what] += 1
        self.counts["all"][what] += 1

    def table(self, title, cpu, files):
        heads = ["letters", "identified", "review", "other", "wrong", "date right", "date wrong", "date missing"]
        print(f"\n{title}")
        print(f"{'':<16}" + "".join(f"{h:>13}" for h in heads))
        for group in sorted(self.counts, key=lambda g: (g == "all", g)):
            c = self.counts[group]
            print(f"{group:<16}" + "".join(f"{c[h]:>13}" for h in heads))
        print(f"CPU: {cpu:.1f} s, {cpu / max(files, 1):.2f} s a file")


def judge(row, letters, tally, complain):
    """One line of the truth against what was said of that file."""
    group = row["condition"]
    listed = row["id"]
    want = listed if row.get("listed", "yes") == "yes" else ""
    tally.add(group, "letters")
    if len(letters) != 1:
        tally.add(group, "other")
        complain(row, f"{len(letters)} letters")
        return
    letter = letters[0]
    status = letter.get("status", letter.get("error", {}).get("code", "?"))
    got = letter.get("notice", {}).get("id") if status == "identified" else None
    if got and got != want:
        tally.add(group, "wrong")
        complain(row, f"WRONG: taken for {got}")
        return
    if not want:
        tally.add(group, "other")
        expected = row.get("expected", "")
        printed = (letter.get("notice") or {}).get("printed") or ""
        if expected.split(":")[0] != status:
            complain(row, f"is {expected}, was called {status} {printed}")
        elif ":" in expected and plain(expected.split(":")[1]) != plain(printed):
            complain(row, f"is {expected}, its number was read as {printed or 'nothing'}", minor=True)
        return
    if not got:
        tally.add(group, "review" if status == "review" else "other")
        complain(row, f"{status}: " + "; ".join(w["code"] for w in letter.get("warnings", [])))
        return
    tally.add(group, "identified")
    found = value(letter, "notice_date")
    tally.add(group, "date missing" if not found else "date right" if found == row["notice_date"] else "date wrong")
    if found != row["notice_date"]:
        complain(row, f"notice_date {found or 'missing'}, is {row['notice_date']}")
    for field, column in (("hearing_by", "hearing_by"), ("hearing_by", "printed_deadline"), ("respond_by", "respond_by"),
                          ("termination_date", "termination_date"), ("amount_due", "amount"),
                          ("tin_last4", "tin_last4"), ("contact_phone", "contact_phone"), ("tax_periods", "tax_periods")):
        if row.get(column) and value(letter, field) != money(row[column]):
            tally.add(group, f"{field} off")
            complain(row, f"{field} {value(letter, field) or 'missing'}, is {row[column]}", minor=True)


def main():
    arguments = sys.argv[1:]
    verbose = "-v" in arguments
    arguments = [a for a in arguments if a != "-v"]
    globs = []
    while "--only" in arguments:
        at = arguments.index("--only")
        globs.append(arguments[at + 1])
        del arguments[at:at + 2]
    if len(arguments) < 2:
        sys.exit(__doc__)
    program, bad = arguments[0], 0
    if arguments[1] == "--none":
        files = sorted(p for p in pathlib.Path(arguments[2]).rglob("*") if p.is_file() and p.suffix != ".tsv")
        letters, cpu = read(program, files)
        counts = collections.Counter()
        for path in files:
            for letter in letters[str(path)] or [{"status": "nothing"}]:
                counts[letter.get("status", "error")] += 1
                if letter.get("status") == "identified":
                    bad += 1
                    print(f"{path}: WRONG: taken for {letter['notice']['id']}")
                elif verbose:
                    print(f"{path.name}: {letter.get('status')} {(letter.get('notice') or {}).get('printed', '')}")
        print(f"\n{arguments[2]}: {len(files)} files, " + ", ".join(f"{v} {k}" for k, v in sorted(counts.items())))
        print(f"CPU: {cpu:.1f} s")
        sys.exit(1 if bad else 0)
    catalogue = {n["id"] for n in map(json.loads, subprocess.run(
        [program, "notices", "--json"], stdout=subprocess.PIPE, check=True).stdout.decode().splitlines())}
    for folder in map(pathlib.Path, arguments[1:]):
        with open(folder / "truth.tsv", encoding="utf-8") as truth:
            rows = [r for r in csv.DictReader(truth, delimiter="\t")
                    if not globs or any(fnmatch.fnmatch(r["file"], g) for g in globs)]
        for row in rows:
            row["listed"] = "yes" if row["id"] in catalogue else "no"
            if row["listed"] == "no":
                row["expected"] = row["id"] if row["id"].split(":")[0] in (
                    "not-irs", "irs-unlisted", "review", "blank", "unreadable") else "irs-unlisted"
        files = sorted({folder / row["file"] for row in rows})
        letters, cpu = read(program, files)
        tally = Tally()

        def complain(row, text, minor=False):
            if verbose or not minor:
                print(f"{row['file']} ({row['id']}, {row['condition']}): {text}")

        for row in rows:
            found = letters[str(folder / row["file"])]
            if row.get("pages", "").count("-"):
                first = int(row["pages"].split("-")[0])
                found = [l for l in found if l.get("source", {}).get("pages", [0])[0] == first]
            judge(row, found, tally, complain)
        tally.table(f"{folder}: {len(files)} files", cpu, len(files))
        bad += tally.counts["all"]["wrong"] + tally.counts["all"]["date wrong"]
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
