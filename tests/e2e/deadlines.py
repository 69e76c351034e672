#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Compares rights and deadlines in answers.jsonl with dates worked out here from truth.tsv.

usage: tests/e2e/deadlines.py FOLDER AS_OF    (made by make.py)

The law in short: a hearing on a levy must be asked for within 30 days of the notice, a day that is moved off weekends and
D.C. holidays (IRC 6330, 7503); a date printed on the paper comes first (Publication 1660); the equivalent hearing has a
year. The 30 days after a CP504 are when a levy of the state refund may begin: nothing moves them."""
import collections
import csv
import datetime
import json
import pathlib
import sys

HEARING = {"LT11", "L1058", "CP90", "CP77", "CP177", "CP297",  # before the levy
           "CP90C", "CP92", "CP242", "CP297A", "CP297C", "LT75", "L2439"}  # after it
AGREEMENT = {"CP523": "ia-termination-appeal", "L2975": "ia-termination-appeal", "L5259": "ia-modification-appeal",
             "L4052": "ia-rejection-appeal", "L2272C": "ia-rejection-appeal"}
BALANCE = {"CP501", "CP503", "CP504"}  # a printed day to pay
LIEN = {"L3172"}
DAY = datetime.timedelta(1)
LEAST = 40  # letters that must have been compared: fewer, and this test shows nothing


def nth(year, month, weekday, n):
    """The n-th such weekday (Monday 0) of a month; n = -1 for the last."""
    if n < 0:
        first_of_next = datetime.date(year + month // 12, month % 12 + 1, 1)
        return max(first_of_next - DAY * i for i in range(1, 8) if (first_of_next - DAY * i).weekday() == weekday)
    first = datetime.date(year, month, 1)
    return first + DAY * ((weekday - first.weekday()) % 7 + 7 * (n - 1))


def holidays(year):
    """D.C. Code 28-2701: days of the year on which nothing is due."""
    days = {nth(year, 1, 0, 3), nth(year, 2, 0, 3), nth(year, 5, 0, -1), nth(year, 9, 0, 1), nth(year, 10, 0, 2),
            nth(year, 11, 3, 4)}
    fixed = [(year, 1, 1), (year + 1, 1, 1), (year, 4, 16), (year, 7, 4), (year, 11, 11), (year, 12, 25)]
    if year >= 2021:
        fixed.append((year, 6, 19))
    for day in (datetime.date(*f) for f in fixed):
        days.add(day - DAY if day.weekday() == 5 else day + DAY if day.weekday() == 6 else day)
    if year % 4 == 1:
        inauguration = datetime.date(year, 1, 20)
        days.add(inauguration + DAY if inauguration.weekday() == 6 else inauguration)
    return days


def roll(day):
    while day.weekday() >= 5 or day in holidays(day.year):
        day += DAY
    return day


def year_later(day):
    return day.replace(year=day.year + 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def date(text):
    return datetime.date.fromisoformat(text) if text else None


def wanted_deadlines(row, read, as_of):
    """{track: days, any of which is right}; None among them: no day can be told. `read` has the dates found on the paper."""
    notice = date(row["notice_date"]) if read["notice_date"] else None
    hearing = date(row["hearing_by"]) if read["hearing_by"] else None
    pay = date(row["respond_by"]) if read["respond_by"] else None
    wanted = {}
    if row["id"] in HEARING:
        computed = roll(notice + 30 * DAY) if notice else None
        days = {hearing or computed}
        if hearing and hearing < as_of:  # the day has gone by: a later one that still counts may be named
            days |= {d for d in (roll(hearing), computed) if d and d >= as_of}
        wanted["cdp-levy"] = days
        wanted["equivalent-hearing-levy"] = {roll(year_later(notice)) if notice else None}
    if row["id"] in LIEN and hearing:
        wanted["cdp-lien"] = {hearing} if hearing >= as_of else {hearing, roll(hearing)}
    if row["id"] in AGREEMENT:
        computed = roll(notice + 30 * DAY) if notice else None
        days = {computed}
        ends = date(read["termination_date"]) if AGREEMENT[row["id"]] == "ia-termination-appeal" else None
        if ends and computed and ends < computed:  # the day on which the plan ends counts only before the thirty days
            days = {ends} | ({d for d in (roll(ends), computed) if d >= as_of} if ends < as_of else set())
        wanted[AGREEMENT[row["id"]]] = days
    if row["id"] in BALANCE:
        wanted["payment-due"] = {pay}
    if row["id"] == "CP504":
        wanted["state-refund-levy-warning"] = {notice + 30 * DAY if notice else None}
    return wanted


def faults_of(row, answer, as_of):
    rights = {right["track"]: right for right in answer["rights"]}
    fields = answer["fields"]
    read = {f: fields.get(f, {}).get("value") for f in ("notice_date", "hearing_by", "respond_by", "termination_date")}
    for field, found in read.items():
        if found and found != row[field] and field != "respond_by":
            yield f"{field} was read as {found}, is {row[field] or 'not on the paper'}"
            return
    wanted = wanted_deadlines(row, read, as_of)
    still_open = []
    for track, days in wanted.items():
        if track not in rights:
            yield f"lacks {track}"
            continue
        deadline = rights[track].get("deadline") or {}
        given = date(deadline.get("date"))
        if given not in days:
            yield f"{track} by {given}, not {' or '.join(str(d) for d in days)}"
            continue
        if given is None:
            continue
        standing = "passed" if given < as_of else "last-day" if given == as_of else "open"
        if rights[track]["standing"] != standing:
            yield f"{track} by {given} is {standing} on {as_of}, not {rights[track]['standing']}"
        if (given - as_of).days != deadline["days_left"]:
            yield f"{track}: {deadline['days_left']} days left"
        if given.strftime("%A") != deadline["weekday"]:
            yield f"{given} is a {given:%A}"
        if given >= as_of:
            still_open.append(given)
    for track in ("cdp-levy", "cdp-lien"):
        may_be = row["id"] in (HEARING if track == "cdp-levy" else LIEN)
        if not may_be and rights.get(track, {"available": "no"})["available"] != "no":
            yield f"offers {track}"
    act_by = date((answer["act_by"] or {}).get("date"))
    if row["id"] in HEARING | BALANCE | set(AGREEMENT) and act_by != min(still_open, default=None):
        yield f"act by {act_by}, not {min(still_open, default=None)}"


def main():
    folder = pathlib.Path(sys.argv[1])
    as_of = date(sys.argv[2])
    answers = collections.defaultdict(dict)
    for line in (folder / "answers.jsonl").read_text(encoding="utf-8").splitlines():
        answer = json.loads(line)
        if answer.get("status") == "identified":
            answers[answer["source"]["file"]][answer["source"]["pages"][0]] = answer
    compared, faults = 0, 0
    with open(folder / "truth.tsv", encoding="utf-8") as truth:
        for row in csv.DictReader(truth, delimiter="\t"):
            first = int(row["pages"].split("-")[0]) if "-" in row["pages"] else 1
            answer = answers[row["file"]].get(first)
            if answer is None or answer["notice"]["id"] != row["id"]:
                continue  # figures.py counts these
            compared += 1
            for fault in faults_of(row, answer, as_of):
                print(f"{row['file']} ({row['id']} of {row['notice_date']}): {fault}")
                faults += 1
    print(f"{compared} letters compared, {faults} faults")
    sys.exit(1 if faults or compared < LEAST else 0)


if __name__ == "__main__":
    main()
