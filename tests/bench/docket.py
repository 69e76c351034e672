#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How long the desk takes to open a docket of very many letters, against an empty one. Server side: from the request to the whole
answer, over loopback, without a browser. Fails where any opening takes longer than people wait without noticing; by the
processor's time, so that what else runs on the machine does not matter.

usage: tests/bench/docket.py IRSORT SOURCE [LETTERS]"""
import copy
import datetime
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "desk"))
from desk import IRSORT, SOURCE, Desk  # noqa: E402

LETTERS = int(sys.argv[3]) if len(sys.argv) > 3 else 50000
NOTICES = ("LT11", "CP504", "L3172", "CP90", "CP523", "L1058", "CP503", "CP297A")
TRIES = 7
LIMIT_MS = 200


def letters(count):
    """Eight notices by turns, dated over three years; all invented."""
    read = subprocess.run([IRSORT, "read", "--json", "--as-of", "2023-11-01", SOURCE / "fixtures/examples/lt11.pdf"], capture_output=True,
                          text=True, check=True).stdout
    one = json.loads(read.splitlines()[0])
    first = datetime.date(2021, 1, 4)
    for i in range(count):
        letter = copy.copy(one)
        notice = NOTICES[i % len(NOTICES)]
        day = (first + datetime.timedelta(days=i % 1000)).isoformat()
        letter["source"] = {"file": f"mail-{i}.pdf", "sha256": f"{i:064x}", "pages": [1, 2, 3]}
        letter["notice"] = dict(one["notice"], id=notice)
        letter["candidates"] = [{"id": notice, "confidence": 0.99}]
        letter["fields"] = dict(one["fields"], notice_date=dict(one["fields"]["notice_date"], value=day),
                                tin_last4=dict(one["fields"]["tin_last4"], value=f"{i % 10000:04d}"))
        if i % 20 == 0:
            letter["status"] = "review"
            letter["notice"]["id"] = None
        yield json.dumps(letter)


def spent(desk):
    """Milliseconds of processor that the desk has taken."""
    fields = pathlib.Path(f"/proc/{desk.program.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def measure(desk, path, before=None):
    times = []
    processor = 0
    for i in range(TRIES):
        if before is not None:
            before(i)
        begin, cpu = time.perf_counter(), spent(desk)
        status, _, body = desk.get(path)
        times.append((time.perf_counter() - begin) * 1000)
        processor += spent(desk) - cpu
        assert status == 200
    return times[0], statistics.median(times[1:]), processor / TRIES, len(body)


def run(count):
    with tempfile.TemporaryDirectory() as folder:
        if count > 0:
            lines = pathlib.Path(folder) / "letters.jsonl"
            lines.write_text("\n".join(letters(count)) + "\n")
            subprocess.run([IRSORT, "docket", "--file", f"{folder}/docket.db", "--take", lines], check=True, stdout=subprocess.DEVNULL)
        desk = Desk(folder)
        rows = {}
        for name, path in (("opened", "/api/docket"), ("all", "/api/docket?state=all"), ("searched", "/api/docket?q=7316&state=all")):
            rows[name] = measure(desk, path)
        if count > 0:
            rows["after a change"] = measure(
                desk, "/api/docket", lambda i: desk.post("/api/letter/1/note", json.dumps({"text": f"note {i}"}).encode()))
        desk.stop()
        return rows


empty, full = run(0), run(LETTERS)
print(f"{'':16}{'first ms':>10}{'median ms':>11}{'CPU ms':>9}{'bytes':>9}{'of an empty one':>17}")
for name, (first, median, processor, size) in full.items():
    ratio = f"{median / empty.get(name, empty['opened'])[1]:.1f} times"
    print(f"{name:16}{first:10.1f}{median:11.1f}{processor:9.1f}{size:9}{ratio:>17}")
slow = [name for name, (_, _, processor, _) in full.items() if processor > LIMIT_MS]
if slow:
    sys.exit(f"slower than {LIMIT_MS} ms: {', '.join(slow)}")
