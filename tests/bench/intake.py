#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""How long after a scan was read its day to act by can be had, and what a page's pictures take: over loopback, without a browser.

usage: tests/bench/intake.py IRSORT SOURCE [TIMES]"""
import pathlib
import statistics
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "desk"))
from desk import SCAN, Desk, Events, drop  # noqa: E402

TIMES = int(sys.argv[3]) if len(sys.argv) > 3 else 10


def fetch(desk, path):
    times = []
    for _ in range(TIMES):
        begin = time.monotonic()
        status, _, body = desk.get(path)
        times.append((time.monotonic() - begin) * 1000)
        assert status == 200
    return statistics.median(times), len(body)


def row(name, *values):
    print(f"{name:40}" + "".join(f"{value:>12}" for value in values))


with tempfile.TemporaryDirectory() as folder:
    desk = Desk(folder)
    events = Events(desk)
    drop(desk, events, SCAN)  # the process that reads starts with the first one
    page = desk.get("/api/letter/1/page/1?full=1")[2]
    row("", "median ms", "slowest ms")
    for name, scan in (("one page", page), ("three pages", SCAN)):
        runs = [drop(desk, events, scan + bytes([i])) for i in range(TIMES)]
        for what, times in (("read", [run["read_ms"] for run in runs]), ("read, until its day is there", [run["shown_ms"] for run in runs])):
            row(f"{name}: {what}", f"{statistics.median(times):.0f}", f"{max(times):.0f}")
    row("", "median ms", "bytes")
    for name, path in (("a page at a screen's size", "/api/letter/1/page/1"), ("the page with all dots", "/api/letter/1/page/1?full=1"),
                       ("a letter", "/api/letter/1")):
        taken, size = fetch(desk, path)
        row(name, f"{taken:.1f}", size)
    events.close()
    desk.stop()
