#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lets the calls of irsort fail, one after another: sweep.py --program IRSORT-FAULTY --work FOLDER [--every N] [CASE…]

For each case the calls are counted in a good run; then there is a run for each (or each N-th) in which that call fails,
and one in which it and all after it fail. Loading the patterns, which is most of the calls and the same in every case, is
gone through whole in the first case of each side, and in the others by every LOADING_SHARE-th call. Whatever fails, no run
ends by a signal or with a sanitizer's report (a leak is one), a run that says that all is well printed what the good one
did, and every other run says what is wrong: the exit status is 1 with an error for the file, or 2 with a line on stderr. A
fault in a worker costs its file and no other."""
import argparse
import collections
import concurrent.futures
import contextlib
import json
import os
import pathlib
import re
import shutil
import sqlite3
import struct
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SCAN = ROOT / "fixtures/examples/cp504-spanish.tif"
PARENT, WORKER = 0, 1
CONTROL = struct.Struct("6I")  # struct fault_control
SANITIZER_STATUS = 99
LISTS_KEPT = 2  # entries of each list in the smaller pattern files: what is the same for many need not fail for all
SECONDS_MAX = 240
LOADING_SHARE = 13
LOADING = "rights-unknown"  # does nothing but load the patterns and look into them …
AFTER_LOADING = 30  # … with these calls, at the least, to say that it found nothing
WHOLE = ("rights", "worker")  # the cases in which loading is gone through whole
TWICE = ("worker-two",)  # does all that WHOLE does, in two processes

DOCKET = "docket.db"  # in each slot; set back before each run
NO_DOCKET = ("docket-new",)  # begins without one

# name: side whose calls fail, arguments, standard input
CASES = {
    "rights": (PARENT, ["rights", "LT11", "--date", "2026-03-02", "--as-of", "2026-03-20"], None),
    "rights-json": (PARENT, ["rights", "CP504", "--json", "--lang", "es", "--date", "2026-03-02", "--as-of", "2026-03-20"], None),
    "rights-ics": (PARENT, ["rights", "LT11", "--ics", "--date", "2026-03-02", "--conference", "2026-03-18", "--as-of", "2026-03-20"], None),
    "rights-unknown": (PARENT, ["rights", "LT12"], None),
    "read": (PARENT, ["read", "--as-of", "2025-01-20", SCAN], None),
    "read-json": (PARENT, ["read", "--json", "--as-of", "2025-01-20", "{work}/folder"], None),
    "read-ics": (PARENT, ["read", "--ics", "--names", "--as-of", "2025-01-20", SCAN], None),
    "read-stdin": (PARENT, ["read", "--json", "--as-of", "2025-01-20", "-"], SCAN),
    "read-nothing": (PARENT, ["read", "--json", "{work}/not-there.pdf", "{work}/empty.pdf"], None),
    "docket-new": (PARENT, [*"docket --file {slot}/docket.db --take {work}/letters.jsonl --ref 2026-014".split()], None),
    "docket-take": (PARENT, [*"docket --file {slot}/docket.db --take {work}/others.jsonl".split()], None),
    "docket-list": (PARENT, [*"docket --file {slot}/docket.db --as-of 2025-01-20".split()], None),
    "docket-json": (PARENT, [*"docket --file {slot}/docket.db --as-of 2025-01-20 --json --all".split()], None),
    "docket-ics": (PARENT, [*"docket --file {slot}/docket.db --as-of 2025-01-20 --ics --names".split()], None),
    "docket-csv": (PARENT, [*"docket --file {slot}/docket.db --as-of 2025-01-20 --csv --lang es".split()], None),
    "docket-done": (PARENT, [*"docket --file {slot}/docket.db --done 1 --by ann".split()], None),
    "docket-note": (PARENT, [*"docket --file {slot}/docket.db --note 1 asked --by ann".split()], None),
    "docket-correct": (PARENT, [*"docket --file {slot}/docket.db --correct 1 notice_date=2025-01-14 --by ann".split()], None),
    "docket-confirm": (PARENT, [*"docket --file {slot}/docket.db --confirm 1 --by ann".split()], None),
    "docket-history": (PARENT, [*"docket --file {slot}/docket.db --history 1 --json".split()], None),
    "docket-backup": (PARENT, [*"docket --file {slot}/docket.db --backup {slot}/copy.db".split()], None),
    "worker": (WORKER, ["read", "--json", "--as-of", "2025-01-20", SCAN], None),
    "worker-two": (WORKER, ["read", "--json", "--as-of", "2025-01-20", SCAN, "{work}/second.tif"], None),
}


def shorten(text):
    """A pattern file with the first entries of each of its lists."""
    kept, count = [], 0
    for line in text.splitlines():
        count = 0 if re.match(r"\S", line) else count + bool(re.match(r"  - ", line))
        if count <= LISTS_KEPT:
            kept.append(line)
    return "\n".join(kept) + "\n"


def make_data(folder):
    """A data directory with two notices, their clocks, and short lists: whole, but soon loaded."""
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("patterns/notices", "patterns/clocks", "models"):
        (folder / name).mkdir(parents=True)
    clocks = set()
    for name in ("LT11", "CP504"):
        text = (ROOT / f"patterns/notices/{name}.yaml").read_text()
        (folder / f"patterns/notices/{name}.yaml").write_text(text)
        clocks |= set(re.findall(r"clock: (\S+)", text))
    for name in clocks:
        text = (ROOT / f"patterns/clocks/{name}.yaml").read_text()
        (folder / f"patterns/clocks/{name}.yaml").write_text(text)
    for path in (ROOT / "patterns").glob("*.yaml"):
        (folder / "patterns" / path.name).write_text(shorten(path.read_text()))
    for path in (ROOT / "models").iterdir():
        if path.is_file():
            shutil.copy(path, folder / "models")


def contents(path):
    """All that a docket holds but the times; None where there is none, a word where it is not whole."""
    if not path.exists() or path.stat().st_size == 0:
        return None
    with contextlib.closing(sqlite3.connect(path)) as db:
        if db.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            return "not whole"
        tables = [name for name, in db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")]
        if not tables or db.execute("PRAGMA user_version").fetchone() == (0,):
            return None  # made, and nothing in it yet
        found = {}
        for table in tables:
            columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})") if row[1] not in ("at", "received", "taken")]
            found[table] = db.execute(f"SELECT {', '.join(columns)} FROM {table} ORDER BY 1, 2").fetchall()
    return found if found["letters"] else None


def set_back(data, docket):
    """The docket as it was before, or none."""
    for path in [*data.glob(DOCKET + "*"), *data.glob("copy.db*")]:
        path.unlink(missing_ok=True)
    if docket is not None:
        shutil.copy(docket, data / DOCKET)


def make_docket(program, work):
    """Records of letters, and a docket that holds two of them."""
    data = work / "data0"
    (data / "faults").unlink(missing_ok=True)
    environment = dict(os.environ, IRSORT_DATA=str(data), LC_ALL="C.UTF-8")
    call = [str(program), "read", "--json", "--as-of", "2025-01-20", str(SCAN)]
    first = json.loads(subprocess.run(call, env=environment, capture_output=True, check=True).stdout.splitlines()[0])
    second = {**first, "source": {**first["source"], "sha256": "ab" * 32, "file": "second.tif"}, "status": "review",
              "notice": {**first["notice"], "id": None}, "warnings": [{"code": "number-unsure", "text": "read in two ways"}]}
    third = {**first, "source": {**first["source"], "sha256": "cd" * 32, "file": "third.tif"}}
    (work / "letters.jsonl").write_text("".join(json.dumps(record) + "\n" for record in (first, second)))
    (work / "others.jsonl").write_text("".join(json.dumps(record) + "\n" for record in (first, third)))
    (work / DOCKET).unlink(missing_ok=True)
    subprocess.run([str(program), "docket", "--file", str(work / DOCKET), "--take", str(work / "letters.jsonl")],
                   env=environment, capture_output=True, check=True)


class Run:
    def __init__(self, program, data, work, case, target=0, onward=False):
        side, arguments, stdin = CASES[case]
        self.name = f"{case} {'from' if onward else 'at'} {target}"
        self.docket = case.startswith("docket")
        if self.docket:
            set_back(data, None if case in NO_DOCKET else work / DOCKET)
        control = data / "faults"
        control.write_bytes(CONTROL.pack(side, target, onward, 0, 0, 0))
        environment = dict(os.environ, IRSORT_DATA=str(data), ASAN_OPTIONS=f"exitcode={SANITIZER_STATUS}",
                           UBSAN_OPTIONS=f"exitcode={SANITIZER_STATUS}", LC_ALL="C.UTF-8")
        call = [str(program)] + [str(a).replace("{work}", str(work)).replace("{slot}", str(data)) for a in arguments]
        with open(stdin or os.devnull, "rb") as source:
            done = subprocess.run(call, env=environment, stdin=source, capture_output=True, timeout=SECONDS_MAX, check=False)
        self.status, self.out, self.err = done.returncode, done.stdout, done.stderr.decode(errors="replace")
        after = CONTROL.unpack(control.read_bytes())
        self.counted, self.fired = after[3 + side], after[5]
        if self.docket:
            self.kept, self.copy = contents(data / DOCKET), contents(data / "copy.db")
            self.before = None if case in NO_DOCKET else contents(work / DOCKET)

    def records(self):
        return [json.loads(line) for line in self.out.decode().splitlines()]

    def faults(self, good):
        """What is wrong with this run, against the good one."""
        if self.status not in (0, 1, 2):
            return f"exit status {self.status}"
        if "Sanitizer" in self.err or "runtime error" in self.err:
            return "a sanitizer's report"
        if self.fired == 0:
            return "the fault did not come"
        if self.docket and self.wrong_docket(good):
            return self.wrong_docket(good)
        if self.status == good.status and self.out == good.out:
            return None
        if self.status == 0:
            return "all is said to be well, but the output is another"
        if self.status == 2:
            return None if self.err.strip() else "status 2 without a word"
        if self.docket or "--json" not in CASES[self.name.split()[0]][1]:
            return None if (self.out + self.err.encode()).strip() else "status 1 without a word"
        return self.wrong_records(good)

    def wrong_docket(self, good):
        """It is as it was, or as it was to be; and as it was to be where all is said to be well."""
        if self.kept not in (good.kept, self.before) or (self.status == 0 and self.kept != good.kept):
            return "the docket is neither as it was nor as it was to be"
        if self.copy not in (good.copy, None) or (self.status == 0 and self.copy != good.copy):
            return "the backup is not whole"
        return None

    def wrong_records(self, good):
        """Status 1: each file has its result as in the good run, or an error that says what is wrong."""
        errors = 0
        wanted = {r["source"]["file"]: r for r in good.records()}
        got = {r["source"]["file"]: r for r in self.records()}
        if set(got) != set(wanted) and not any("error" in r for r in got.values()):
            return "a file has no result"
        for name, record in got.items():
            if name in wanted and record == wanted[name]:
                continue
            if "error" not in record or not record["error"]["message"]:
                return "a result that is neither the good one nor an error"
            errors += 1
        if " at " in self.name and errors > 1 + sum("error" in r for r in wanted.values()):
            return "one fault cost more than one file"
        return None


def choose(options, case, counted, loading):
    """The calls that are to fail, each with whether all after it fail too."""
    def due(t, every):
        shared = case in TWICE or (t <= loading < counted and case not in WHOLE)
        return (t - 1) % (every * (LOADING_SHARE if shared else 1)) == 0
    targets = [(t, False) for t in range(1, counted + 1) if due(t, options.every)]
    if CASES[case][0] == PARENT:
        targets += [(t, True) for t in range(1, counted + 1) if due(t, 7 * options.every)]
    return targets


def sweep(options, case, loading):
    """Runs of the case, and what was wrong."""
    work = options.work
    slots = [work / f"data{i}" for i in range(options.jobs)]
    good = Run(options.program, slots[0], work, case)
    expected = 2 if case == "rights-unknown" else 1 if case == "read-nothing" else 0
    if good.status != expected or good.counted == 0:
        return 1, [f"{case}: the good run ended with {good.status}: {good.err}"], {}
    targets = choose(options, case, good.counted, loading)
    wrong, statuses = [], collections.Counter()

    def lane(slot):
        for target, onward in targets[slot::options.jobs]:
            try:
                run = Run(options.program, slots[slot], work, case, target, onward)
                fault = run.faults(good)
                if fault == "the fault did not come" and CASES[case][0] == WORKER and target > good.counted * 0.95:
                    fault = None  # two workers, or one that was ended in time: the last calls are not always made
                statuses[run.status] += 1
            except subprocess.TimeoutExpired:
                fault, run = "it hangs", None
            if fault:
                wrong.append(f"{case} {'from' if onward else 'at'} {target}: {fault}: {run.err[-3000:] if run else ''}")
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        list(pool.map(lane, range(options.jobs)))
    return len(targets) + 1, wrong, statuses


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", type=pathlib.Path, required=True)
    parser.add_argument("--work", type=pathlib.Path, required=True)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("cases", nargs="*", default=list(CASES))
    options = parser.parse_args()
    options.work.mkdir(parents=True, exist_ok=True)
    (options.work / "folder").mkdir(exist_ok=True)
    shutil.copy(SCAN, options.work / "folder/scan.tif")
    shutil.copy(SCAN, options.work / "second.tif")
    (options.work / "empty.pdf").write_bytes(b"")
    for i in range(options.jobs):
        make_data(options.work / f"data{i}")
    make_docket(options.program, options.work)
    loading = Run(options.program, options.work / "data0", options.work, LOADING).counted - AFTER_LOADING
    total, failed = 0, 0
    for case in options.cases:
        runs, wrong, statuses = sweep(options, case, loading)
        print(f"{case}: {runs} runs, ended with {dict(sorted(statuses.items()))}, {len(wrong)} wrong", flush=True)
        for line in wrong[:20]:
            print("  " + line)
        total += runs
        failed += len(wrong)
    print(f"{total} runs, {failed} wrong")
    return 1 if failed or total == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
