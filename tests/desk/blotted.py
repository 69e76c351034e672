#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Letters on which the taxpayer number stands whole wherever a letter has it, as scanners, faxes and phones see them: another
reader of print, Tesseract's own program, must find it in the scan and not in what the desk shows of it.

usage: tests/desk/blotted.py IRSORT SOURCE FIXTURES"""
import csv
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from desk import Desk, check, finish

FIXTURES = sys.argv[3]
SCANS = ("cp504-a-fax", "cp504-b-upside", "cp90-a-phone", "cp297-a-flatbed200", "l1058-a-copy2", "lt11-a-bw200", "x-form12153-a-fax", "cp504-a-faxstd")
GAP = r"[^0-9A-Za-z]{0,4}"


def words_on(picture):
    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        file.write(picture)
        file.flush()
        return subprocess.run(["tesseract", file.name, "-", "--psm", "11"], check=True, capture_output=True, text=True,
                              env={"PATH": "/usr/bin:/bin", "OMP_THREAD_LIMIT": "1"}).stdout


def whole_numbers(text, last4):
    """In whatever way they are written; one of the figures may have been misread."""
    return re.findall(rf"\d{{3}}{GAP}\d{{2}}{GAP}{last4}|\d{{2}}{GAP}\d{{3}}{last4}", text)


def main():
    if shutil.which("tesseract") is None:
        sys.exit(77)
    with tempfile.TemporaryDirectory(prefix="irsort-desk-") as folder:
        made = pathlib.Path(folder) / "made"
        only = [argument for scan in SCANS for argument in ("--only", scan)]
        subprocess.run([FIXTURES, "--out", made, "--whole-numbers", *only], check=True, stdout=subprocess.DEVNULL)
        with open(made / "truth.tsv", encoding="utf-8") as file:
            truth = list(csv.DictReader(file, delimiter="\t"))
        desk = Desk(folder)
        before = 0
        for letter in truth:
            last4 = letter["tin_last4"]
            scan = made / letter["file"]
            shown = made / (letter["file"] + ".shown")
            subprocess.run([sys.argv[1], "read", "--show", shown, scan], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            before += sum(len(whole_numbers(words_on(path.read_bytes()), last4)) for path in sorted(shown.iterdir()))
            desk.upload(scan.read_bytes(), letter["file"])
            item = desk.wait_read()[-1]
            for page in range(1, int(letter["pages"]) + 1):
                picture = desk.get(f"/api/letter/{item['letters'][0]}/page/{page}?full=1")
                check("it has a picture", picture[0] == 200, (letter["file"], page, picture[0]))
                found = whole_numbers(words_on(picture[2]), last4) if picture[0] == 200 else []
                check("no number is on it", not found, (letter["file"], page, found))
        check("there were numbers to be found", before > 2 * len(truth), before)
        desk.stop()
    finish()


if __name__ == "__main__":
    main()
