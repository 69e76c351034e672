#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Makes fixtures for the end-to-end tests and reads them once, for all tests that ask about the answers.

usage: tests/e2e/make.py MAKER PROGRAM FOLDER [--all]

FOLDER gets the files, truth.tsv, and answers.jsonl: what `irsort read --json` says of them. Without --all it is a sample
in which every letter, every condition and every lookalike occurs. Files are made again only when the maker is newer."""
import collections
import concurrent.futures
import pathlib
import shutil
import subprocess
import sys

STEP = 13  # every 13th fixture of a letter, shifted from letter to letter: 19 conditions and 13 share no factor
LATER = ("copy",)  # conditions that came later, of which every 13th letter is taken: the rest of the sample stays what it was
CHUNK = 30  # fixtures a call of the maker
AS_OF = "2026-11-02"  # after the last letter, before some deadlines


def sample(listed):
    """Names out of (name, id, condition), in the maker's order."""
    letters = collections.defaultdict(list)
    for name, _, condition in listed:
        if condition not in LATER:
            letters["stack" if condition == "stack" else name.rsplit("-", 2)[0]].append(name)
    chosen = [name for name, _, condition in listed if condition in LATER][::STEP]
    for shift, (letter, names) in enumerate(letters.items()):
        chosen += names if letter == "stack" else names[shift % min(STEP, len(names))::STEP]
    return chosen


def check_sample(listed, chosen):
    kept = [row for row in listed if row[0] in chosen]
    for column, what in ((1, "id"), (2, "condition")):
        missing = {row[column] for row in listed} - {row[column] for row in kept}
        if missing:
            sys.exit(f"the sample lacks the {what} {', '.join(sorted(missing))}")
    missing = {n.rsplit("-", 2)[0] for n, _, c in listed if c != "stack"} - {n.rsplit("-", 2)[0] for n, _, _ in kept}
    if missing:
        sys.exit(f"the sample lacks {', '.join(sorted(missing))}")


def make(maker, names, folder):
    """Makes the files in parts, two at a time, and puts them together."""
    parts = [names[i:i + CHUNK] for i in range(0, len(names), CHUNK)]

    def make_part(number):
        part = folder / f"part{number}"
        only = [word for name in parts[number] for word in ("--only", name)]
        subprocess.run([maker, "--out", part, *only], check=True, stdout=subprocess.DEVNULL)
        return part

    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        made = list(pool.map(make_part, range(len(parts))))
    truth = []
    for part in made:
        head, *rows = (part / "truth.tsv").read_text(encoding="utf-8").splitlines()
        truth = (truth or [head]) + rows
        for path in part.iterdir():
            if path.name != "truth.tsv":
                path.rename(folder / path.name)
        shutil.rmtree(part)
    (folder / "truth.tsv").write_text("\n".join(truth) + "\n", encoding="utf-8")


def main():
    maker, program, folder = sys.argv[1:4]
    folder = pathlib.Path(folder)
    listed = [line.split("\t") for line in
              subprocess.run([maker, "--list"], check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()]
    names = [row[0] for row in listed]
    if "--all" not in sys.argv:
        names = sample(listed)
        check_sample(listed, set(names))
    truth = folder / "truth.tsv"
    if not truth.exists() or truth.stat().st_mtime < pathlib.Path(maker).stat().st_mtime:
        make(maker, names, folder)
    files = sorted({line.split("\t")[0] for line in truth.read_text(encoding="utf-8").splitlines()[1:]})
    with open(folder / "answers.jsonl", "wb") as answers:
        run = subprocess.run([program, "read", "--json", "--as-of", AS_OF, *files], cwd=folder, stdout=answers, check=False)
    sys.exit(run.returncode)


if __name__ == "__main__":
    main()
