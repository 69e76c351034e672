#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Prints how many letters irsort identifies, and how many it gets wrong, over folders of scans with a truth.tsv."""
import argparse
import collections
import csv
import fnmatch
import json
import pathlib
import resource
import subprocess
import sys

SKIPPED = 77  # exit status that ctest takes for "not run"



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


def read_before(path, folder):
    """The same out of a file of answers that were given in that folder."""
    letters = collections.defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        letter = json.loads(line)
        letters[str(folder / letter["source"]["file"])].append(letter)
    return letters, 0.0


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
        heads = ["letters", "identified", "review", "other", "right", "wrong", "date right", "date wrong", "date missing"]
        print(f"\n{title}")
        print(f"{'':<16}" + "".join(f"{h:>13}" for h in heads))
        for group in sorted(self.counts, key=lambda g: (g == "all", g)):
            c = self.counts[group]
            print(f"{group:<16}" + "".join(f"{c[h]:>13}" for h in heads))
        if cpu:
            print(f"CPU: {cpu:.1f} s, {cpu / max(files, 1):.2f} s a file")

    def sum(self, what, without=()):
        return sum(c[what] for group, c in self.counts.items() if group != "all" and group not in without)

    def shortfalls(self, wanted):
        """What the figures lack of what is wanted, as sentences."""
        listed = self.sum("letters", wanted.without) - self.sum("unlisted", wanted.without)
        found = self.sum("identified", wanted.without)
        dated = self.sum("date right")
        all_dated = dated + self.sum("date wrong") + self.sum("date missing")
        if wanted.identified and 100 * found < wanted.identified * listed:
            yield f"{found} of {listed} letters identified, {wanted.identified} % wanted"
        if wanted.dates and 100 * dated < wanted.dates * all_dated:
            yield f"{dated} of {all_dated} notice dates right, {wanted.dates} % wanted"
        if wanted.right and self.sum("right") < wanted.right:
            yield f"{self.sum('right')} letters right, {wanted.right} wanted"
        if self.sum("wrong"):
            yield f"{self.sum('wrong')} identified as what they are not"
        if self.sum("date wrong"):
            yield f"{self.sum('date wrong')} wrong notice dates in identified letters"


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
        tally.add(group, "unlisted")
        if expected.split(":")[0] == status:
            tally.add(group, "right")
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
    tally.add(group, "right")
    found = value(letter, "notice_date")
    if found or row["notice_date"]:  # neither on the paper nor made up is as it should be, and no date to count
        tally.add(group, "date missing" if not found else "date right" if found == row["notice_date"] else "date wrong")
    if found != row["notice_date"]:
        complain(row, f"notice_date {found or 'missing'}, is {row['notice_date']}")
    for field, column in (("hearing_by", "hearing_by"), ("hearing_by", "printed_deadline"), ("respond_by", "respond_by"),
                          ("termination_date", "termination_date"), ("amount_due", "amount"),
                          ("tin_last4", "tin_last4"), ("contact_phone", "contact_phone"), ("tax_periods", "tax_periods")):
        wanted = money(row.get(column, "")) if field == "amount_due" else row.get(column)
        if wanted and value(letter, field) != wanted:
            tally.add(group, f"{field} off")
            complain(row, f"{field} {value(letter, field) or 'missing'}, is {wanted}", minor=True)


def look_for_none(wanted, folder):
    """True if no file below the folder was identified."""
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix != ".tsv")
    letters, cpu = read(wanted.program, files)
    counts = collections.Counter()
    for path in files:
        for letter in letters[str(path)] or [{"status": "nothing"}]:
            counts[letter.get("status", "error")] += 1
            if letter.get("status") == "identified":
                print(f"{path}: WRONG: taken for {letter['notice']['id']}")
            elif wanted.verbose:
                print(f"{path.name}: {letter.get('status')} {(letter.get('notice') or {}).get('printed', '')}")
    print(f"\n{folder}: {len(files)} files, " + ", ".join(f"{v} {k}" for k, v in sorted(counts.items())))
    print(f"CPU: {cpu:.1f} s")
    return counts["identified"] == 0


def truth_of(folder, globs, catalogue):
    with open(folder / "truth.tsv", encoding="utf-8") as truth:
        rows = [r for r in csv.DictReader(truth, delimiter="\t")
                if not globs or any(fnmatch.fnmatch(r["file"], g) for g in globs)]
    for row in rows:
        row["listed"] = "yes" if row["id"] in catalogue else "no"
        if row["listed"] == "no":
            row["expected"] = row["id"] if row["id"].split(":")[0] in (
                "not-irs", "irs-unlisted", "review", "blank", "unreadable") else "irs-unlisted"
    return rows


def calibration(rows, letters, folder):
    """How far the likeliest notice's confidence is from the share of the right ones, on average over bins of a tenth; the
    number of letters. Letters of stacks, and those of which nothing is said, are left out."""
    bins = collections.defaultdict(list)
    for row in rows:
        found = letters[str(folder / row["file"])]
        if len(found) != 1 or "candidates" not in found[0] or row.get("pages", "").count("-"):
            continue
        first = (found[0]["candidates"] or [{"id": "", "confidence": 0.0}])[0]
        bins[min(9, int(first["confidence"] * 10))].append((first["confidence"], first["id"] == row["id"]))
    count = sum(map(len, bins.values()))
    apart = sum(abs(sum(said - right for said, right in inside)) for inside in bins.values())
    return apart / max(count, 1), count


def compare(wanted, folder, catalogue):
    """True if what is said of the folder's files is as good as wanted."""
    rows = truth_of(folder, wanted.only, catalogue)
    files = sorted({folder / row["file"] for row in rows})
    letters, cpu = read_before(wanted.answers, folder) if wanted.answers else read(wanted.program, files)
    tally = Tally()

    def complain(row, text, minor=False):
        if wanted.verbose or not minor:
            print(f"{row['file']} ({row['id']}, {row['condition']}): {text}")

    for row in rows:
        found = letters[str(folder / row["file"])]
        if row.get("pages", "").count("-"):
            first = int(row["pages"].split("-")[0])
            found = [l for l in found if l.get("source", {}).get("pages", [0])[0] == first]
        judge(row, found, tally, complain)
    tally.table(f"{folder}: {len(files)} files", cpu, len(files))
    faults = list(tally.shortfalls(wanted))
    if wanted.calibration:
        error, count = calibration(rows, letters, folder)
        print(f"expected calibration error {error:.4f} over {count} letters")
        if error > wanted.calibration:
            faults.append(f"calibration error {error:.4f}, at most {wanted.calibration} wanted")
    for fault in faults:
        print(fault)
    return not faults


def main():
    parser = argparse.ArgumentParser(description=__doc__, epilog="Exit status 1 if anything was identified as what it is "
                                     "not, a notice date was wrong in an identified letter, or a figure is below what is wanted.")
    parser.add_argument("program", help="irsort")
    parser.add_argument("folders", nargs="+", type=pathlib.Path, metavar="FOLDER", help="holds truth.tsv and the files it names")
    parser.add_argument("-v", dest="verbose", action="store_true", help="tell of lesser faults too")
    parser.add_argument("--only", action="append", metavar="GLOB", help="only files of that name")
    parser.add_argument("--none", action="store_true", help="no file below the folder is a letter of the catalogue")
    parser.add_argument("--answers", type=pathlib.Path, metavar="FILE", help="what was said before, in the one folder")
    parser.add_argument("--identified", type=float, metavar="PERCENT", help="least share of listed letters")
    parser.add_argument("--without", action="append", default=[], metavar="CONDITION", help="does not count for --identified")
    parser.add_argument("--dates", type=float, metavar="PERCENT", help="least share of right notice dates in identified letters")
    parser.add_argument("--right", type=int, metavar="N", help="least number of letters that are called what they are")
    parser.add_argument("--calibration", type=float, metavar="ERROR", help="most expected calibration error")
    parser.add_argument("--or-skip", action="store_true", help=f"exit status {SKIPPED} if a folder is not there")
    wanted = parser.parse_args()
    if wanted.or_skip and not all(folder.is_dir() for folder in wanted.folders):
        print("skipped: the folder of scans is not there")
        sys.exit(SKIPPED)
    if wanted.none:
        good = [look_for_none(wanted, folder) for folder in wanted.folders]
    else:
        catalogue = {n["id"] for n in map(json.loads, subprocess.run(
            [wanted.program, "notices", "--json"], stdout=subprocess.PIPE, check=True).stdout.decode().splitlines())}
        good = [compare(wanted, folder, catalogue) for folder in wanted.folders]
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
