#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Checks the answers as a whole: every status occurs, every line is as docs/irsort.letter.schema.json says, no taxpayer
number is in them, and the same files give the same bytes, whatever is read before or beside them.

usage: tests/e2e/answers.py PROGRAM FOLDER AS_OF SOURCE    (FOLDER made by make.py; SOURCE: the project)"""
import json
import pathlib
import re
import subprocess
import sys

STATUSES = {"identified", "review", "irs-unlisted", "not-irs", "blank", "unreadable"}
NUMBER = re.compile(r"(?<![0-9-])(?:[0-9]{3}-[0-9]{2}-[0-9]{4}|[0-9]{2}-[0-9]{7})(?![0-9-])")
AGAIN = ("*-clean300.tif", "*-fax.tif", "*-phone.jpg", "x-blank-*", "stack-levy-and-lien.pdf")  # two of each are read again


def read(program, folder, as_of, files):
    return subprocess.run([program, "read", "--json", "--as-of", as_of, *files], cwd=folder, stdout=subprocess.PIPE,
                          check=True).stdout.decode().splitlines()


def main():
    program, folder, as_of, source = sys.argv[1:5]
    folder = pathlib.Path(folder)
    lines = (folder / "answers.jsonl").read_text(encoding="utf-8").splitlines()
    answers = [json.loads(line) for line in lines]
    faults = []

    missing = STATUSES - {answer.get("status") for answer in answers}
    if missing:
        faults.append(f"no letter is {', '.join(sorted(missing))}")
    if any(answer["schema"] != "irsort.letter/1" for answer in answers):
        faults.append("a fixture could not be read")
    told = [line for line in lines if NUMBER.search(line)]
    if told:
        faults.append(f"{len(told)} lines hold a whole taxpayer number")
    tests = pathlib.Path(source, "tests/report/validate.py")
    schema = pathlib.Path(source, "docs/irsort.letter.schema.json")
    with open(folder / "answers.jsonl", "rb") as file:
        checked = subprocess.run([sys.executable, tests, schema], stdin=file, stdout=subprocess.DEVNULL, check=False)
    if checked.returncode != 0:
        faults.append("the schema does not fit")

    files = [path.name for glob in AGAIN for path in sorted(folder.glob(glob))[:2]]
    before = [line for name in files for line in lines if json.loads(line)["source"]["file"] == name]
    if read(program, folder, as_of, files) != before:
        faults.append("read again, the same files give something else")
    backwards = [line for name in reversed(files) for line in lines if json.loads(line)["source"]["file"] == name]
    if read(program, folder, as_of, files[::-1]) != backwards:
        faults.append("read in another order, the same files give something else")

    print(f"{len(lines)} answers, {len(files)} files read again")
    sys.exit("\n".join(faults) if faults else 0)


if __name__ == "__main__":
    main()
