#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Letters whose dates need care, read from paper to card: dates that cannot be, a date ahead, inserts that move the last day.

usage: tests/e2e/dates.py PROGRAM

The days that are wanted are worked out by hand from the law: 30 days from the notice, moved off weekends (IRC 6330, 7503)."""
import json
import pathlib
import subprocess
import sys
import tempfile

HEADING = {"LT11": "Notice of Intent to Levy and Notice of Your Right to a Hearing", "CP92": "Notice of Levy on Your State Tax Refund"}
INSERT = ["Notice 1052-C", "Important! You have more time to respond"]

# name, notice, printed date, sentence of page 1, insert, as of -> hearing's standing and day, act_by, warnings
CASES = [
    ("a plain date", "LT11", "March 2, 2026", None, None, "2026-03-20", "open", "2026-04-01", "2026-04-01", []),
    ("31 February", "LT11", "February 31, 2026", None, None, "2026-03-20", "needs-date", None, None,
     ["notice-date-impossible"]),
    ("the year 2090", "LT11", "March 2, 2090", None, None, "2026-03-20", "needs-date", None, None, ["notice-date-impossible"]),
    ("the year 2036", "LT11", "March 3, 2036", None, None, "2026-03-20", "needs-date", None, None,
     ["notice-date-in-the-future"]),
    ("five days ahead", "LT11", "March 25, 2026", None, None, "2026-03-20", "open", "2026-04-24", "2026-04-24",
     ["notice-date-ahead"]),
    ("three weeks and a day ahead", "LT11", "April 11, 2026", None, None, "2026-03-20", "needs-date", None, None,
     ["notice-date-in-the-future"]),
    ("an insert alone has a day", "CP92", "April 6, 2020", None, "until August 13, 2020 to request a hearing with Appeals.",
     "2020-07-20", "open", "2020-08-13", "2020-08-13", ["insert-may-move-date", "printed-date-differs"]),
    ("letter and insert differ: the earlier", "CP92", "April 6, 2020", "You must request a hearing by May 6, 2020.",
     "until August 13, 2020 to request a hearing with Appeals.", "2020-04-20", "open", "2020-05-06", "2020-05-06",
     ["hearing-dates-differ", "insert-may-move-date"]),
    ("letter and insert differ: what is left", "CP92", "April 6, 2020", "You must request a hearing by May 6, 2020.",
     "until August 13, 2020 to request a hearing with Appeals.", "2020-07-20", "open", "2020-08-13", "2020-08-13",
     ["hearing-dates-differ", "insert-may-move-date"]),
]


def page(lines):
    """Lines of text at (x, y) in points from the top left of a letter page, as a PDF content stream."""
    shown = (f"BT /F {size} Tf {x} {792 - y} Td ({text}) Tj ET" for x, y, size, text in lines)
    return "\n".join(shown).encode("latin-1")


def pdf(pages):
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"", b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    kids = []
    for content in pages:
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(content), content))
        objects.append(b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Resources<</Font<</F 3 0 R>>>>/Contents %d 0 R>>"
                       % len(objects))
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(kids))
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + (b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
                  % (len(objects) + 1, table, len(objects) + 1, len(out)))


def letter(number, dated, sentence, insert):
    first = [(37, 40, 11, "Department of the Treasury"), (37, 52, 11, "Internal Revenue Service"),
             (37, 64, 11, "Ogden, UT 84201-0039"), (340, 40, 11, "Notice"), (470, 40, 11, number),
             (340, 52, 11, "Notice date"), (470, 52, 11, dated), (340, 64, 11, "Social Security number"),
             (470, 64, 11, "XXX-XX-4417"), (37, 125, 11, "ROSALIND TESTPERSON"), (37, 137, 11, "14 IMAGINED LANE"),
             (37, 149, 11, "NOWHERE, KS 66002-0001"), (37, 200, 14, HEADING[number])]
    if sentence:
        first.append((37, 250, 11, sentence))
    if not insert:
        return [page(first)]
    second = [(37, 45 + 30 * i, 13, text) for i, text in enumerate(INSERT)]
    second += [(37, 400, 11, "We mailed the enclosed notice later than its date. You have"), (37, 412, 11, insert),
               (37, 755, 9, "Notice 1052-C \\(7-2020\\)")]
    return [page(first), page(second)]


def faults(answer, standing, day, act_by, warnings):
    hearing = next((right for right in answer["rights"] if right["track"] == "cdp-levy"), None)
    if answer["status"] != "identified" or hearing is None:
        yield f"is {answer['status']}"
        return
    found = (hearing["deadline"] or {}).get("date")
    if (hearing["standing"], found) != (standing, day):
        yield f"the hearing is {hearing['standing']} by {found}, not {standing} by {day}"
    if (answer["act_by"] or {}).get("date") != act_by:
        yield f"act by {answer['act_by']}, not {act_by}"
    codes = sorted(warning["code"] for warning in answer["warnings"])
    if codes != warnings:
        yield f"warns of {codes}, not {warnings}"


def main():
    program = pathlib.Path(sys.argv[1]).resolve()
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "letter.pdf"
        for name, number, dated, sentence, insert, as_of, *wanted in CASES:
            file.write_bytes(pdf(letter(number, dated, sentence, insert)))
            run = subprocess.run([program, "read", "--json", "--as-of", as_of, file], stdout=subprocess.PIPE, check=True)
            answers = run.stdout.splitlines()
            found = list(faults(json.loads(answers[0]), *wanted)) if len(answers) == 1 else [f"{len(answers)} letters"]
            for fault in found:
                print(f"{name}: {fault}")
            failed += bool(found)
    print(f"{len(CASES)} letters, {failed} wrong")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
