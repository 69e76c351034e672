# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the proofs of the watched folder share: a folder and a docket of their own, `irsort watch` on them, and the
promise, looked up on the disk and in the docket without irsort's own code."""
import argparse
import collections
import dataclasses
import errno
import hashlib
import json
import mmap
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import time

PLACES = ("filed", "review", "failed")
OWN = ("spool", "journal", "leaving")
SCHEMAS = {"filed": "irsort.letter/1", "review": "irsort.letter/1", "failed": "irsort.error/1"}


def sha256(data):
    return hashlib.sha256(data).hexdigest()


@dataclasses.dataclass
class Drop:
    """A file that is dropped; `place` and `letters` are None where they are not known beforehand."""
    name: str
    data: bytes
    place: str = None
    letters: int = None


class Broken(Exception):
    """The promise does not hold."""


def arguments(*required):
    """A parser that wants those options, and where to work."""
    parser = argparse.ArgumentParser()
    for name in (*required, "work"):
        parser.add_argument(f"--{name}", required=True)
    return parser


def parse(parser):
    options = parser.parse_args()
    pathlib.Path(options.work).mkdir(parents=True, exist_ok=True)
    return options


class Folder:
    """A folder to be watched, and its docket, below a directory."""

    def __init__(self, base):
        self.base = pathlib.Path(base)
        self.inbox = self.base / "in"
        self.docket = self.base / "docket" / "docket.db"
        self.settings = self.base / "settings.yaml"
        self.log = self.base / "log"  # of irsort

    def make(self, settle=1, with_docket=True, **others):
        """`with_docket`: the directory for it is there, and is made by irsort otherwise."""
        shutil.rmtree(self.base, ignore_errors=True)
        self.inbox.mkdir(parents=True)
        if with_docket:
            self.docket.parent.mkdir()
        lines = "".join(f"    {key}: {value}\n" for key, value in {"settle": settle, **others}.items())
        self.settings.write_text(f"folders:\n  - path: {self.inbox}\n{lines}", encoding="utf-8")

    def drop(self, drop):
        """As a careful program drops it: complete when it appears."""
        part = self.inbox / (drop.name + ".part")
        part.write_bytes(drop.data)
        os.rename(part, self.inbox / drop.name)

    # ---- what lies there ----

    def results(self, place):
        """[(folder, {name: bytes})] of one place."""
        found = []
        for folder in sorted((self.inbox / place).glob("*/*")):
            if folder.is_dir():
                found.append((folder, {f.name: f.read_bytes() for f in folder.iterdir()}))
        return found

    def left_over(self):
        """What lies in irsort's own part."""
        return [str(f.relative_to(self.inbox)) for part in OWN for f in (self.inbox / ".irsort" / part).glob("*")]

    def waiting(self):
        return sorted(f.name for f in self.inbox.iterdir() if f.is_file() and not f.name.startswith("."))

    def rows(self):
        """The docket's letters by their scan's hash: {sha256: [{column: value, "taken": n, "repeats": n}]}."""
        rows = collections.defaultdict(list)
        if not self.docket.exists():
            return rows
        base = sqlite3.connect(self.docket)
        base.row_factory = sqlite3.Row
        try:
            if base.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
                raise Broken("the docket is damaged")
            if base.execute("PRAGMA user_version").fetchone()[0] == 0:
                return rows
            for letter in base.execute("SELECT * FROM letters").fetchall():
                row = dict(letter)
                for what, word in (("taken", "taken"), ("repeats", "repeat")):
                    row[what] = base.execute("SELECT count(*) FROM history WHERE letter_id = ? AND what = ?",
                                             (row["id"], word)).fetchone()[0]
                rows[row["sha256"]].append(row)
        finally:
            base.close()
        return rows

    # ---- the promise ----

    def check_record(self, place, files, original, where):
        records = {n: d for n, d in files.items() if n != original}
        want = "error.json" if place == "failed" else "letter.json"
        if want not in records:
            raise Broken(f"{where}: no {want}, only {sorted(files)}")
        for name, data in records.items():
            try:
                record = json.loads(data)
            except ValueError as problem:
                raise Broken(f"{where}/{name} is no whole record: {problem}") from problem
            if record.get("schema") != SCHEMAS[place] or record["source"]["sha256"] != sha256(files[original]):
                raise Broken(f"{where}/{name} is a record of something else")
        return [json.loads(records[n]) for n in sorted(records, key=lambda n: (len(n), n))]

    def find(self, drop):
        """[(place, folder, records)] where its content is filed whole."""
        found = []
        for place in PLACES:
            for folder, files in self.results(place):
                originals = [n for n, d in files.items() if d == drop.data and not n.endswith(".json")]
                if originals:
                    records = self.check_record(place, files, originals[0], folder.relative_to(self.inbox))
                    found.append((place, folder, records))
        return found

    def check_now(self, drops, twins=()):
        """At any instant: each is where it was dropped or filed whole, not filed twice; nothing half made is in sight."""
        for drop in (*drops, *twins):
            at = self.inbox / drop.name
            lies = at.is_file() and at.read_bytes() == drop.data
            found = self.find(drop)
            if len(found) > 1:
                raise Broken(f"{drop.name} is filed {len(found)} times")
            if not lies and not found:
                raise Broken(f"{drop.name} is lost: not where it was dropped, not filed")
        known = {sha256(d.data) for d in (*drops, *twins)}
        for place in (*PLACES, "repeats"):
            for folder, files in self.results(place):
                if not any(sha256(data) in known for data in files.values()):
                    raise Broken(f"{folder.relative_to(self.inbox)} holds no whole original")

    def check_end(self, drops, twins=()):
        """When all is done: each filed exactly once and whole, on the docket exactly once, nothing left over."""
        self.check_now(drops, twins)
        if self.waiting():
            raise Broken(f"still in the inbox: {', '.join(self.waiting())}")
        if self.left_over():
            raise Broken(f"left over: {', '.join(self.left_over())}")
        rows = self.rows()
        repeats = self.results("repeats")
        if len(repeats) != len(twins):
            raise Broken(f"{len(repeats)} repeats: {[str(f) for f, _ in repeats]}")
        for drop in drops:
            (place, folder, records), = self.find(drop)
            if drop.place not in (None, place):
                raise Broken(f"{drop.name} is in {place}/, not in {drop.place}/")
            self.check_rows(drop, folder, [] if place == "failed" else records, rows.pop(sha256(drop.data), []), twins)
        if rows:
            raise Broken("on the docket are letters of other scans")

    def check_rows(self, drop, folder, records, rows, twins):
        if drop.letters not in (None, len(records)):
            raise Broken(f"{drop.name}: {len(records)} records, not {drop.letters}")
        if len(rows) != len(records):
            raise Broken(f"{drop.name}: {len(rows)} letters on the docket, {len(records)} records")
        repeats = sum(t.data == drop.data for t in twins)
        for row, record in zip(sorted(rows, key=lambda r: r["first_page"]), records):
            shown = record["notice"]["id"] if record["status"] == "identified" else None
            date = record["fields"].get("notice_date", {}).get("value")
            if (row["status"], row["filed"]) != (record["status"], str(folder)):
                raise Broken(f"{drop.name}: the docket says {row['status']} in {row['filed']}, its record "
                             f"{record['status']} in {folder}")
            if (shown is not None and row["notice"] != shown) or row["notice_date"] != date:
                raise Broken(f"{drop.name}: the docket says {row['notice']} of {row['notice_date']}, its record "
                             f"{shown} of {date}")
            if (row["taken"], row["repeats"]) != (1, repeats):
                raise Broken(f"{drop.name}: taken {row['taken']} times, repeated {row['repeats']} times")


class Control:
    """What the shim does to a running program; see shim.c."""
    FORM = "qi116s"

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.path.write_bytes(bytes(struct.calcsize(self.FORM)))
        with self.path.open("r+b") as file:
            self.map = mmap.mmap(file.fileno(), 0)

    def set(self, clock_s=0, failing=0, calls=""):
        self.map[:] = struct.pack(self.FORM, clock_s, failing, calls.encode())


class Watch:
    """`irsort watch` on a folder, in a process of its own; what it says goes to a file."""

    def __init__(self, program, folder, *options, shim=None, environment=None, prefix=()):
        self.folder = folder
        self.log = folder.log
        settings = () if "--settings" in options else ("--settings", folder.settings)
        called = [*prefix, program, "watch", "--docket", folder.docket, *settings, *options, folder.inbox]
        told = {**os.environ, "OMP_THREAD_LIMIT": "1", "NOTIFY_SOCKET": self.listen(), **(environment or {})}
        if shim is not None:
            told.update(LD_PRELOAD=str(shim), SHIM_ROOT=str(folder.base))
        with self.log.open("ab") as log:
            self.start = log.tell()
            self.process = subprocess.Popen([str(word) for word in called], stderr=log, stdout=log,
                                            stdin=subprocess.DEVNULL, env=told)

    def listen(self):
        """As a service manager does."""
        self.notes = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        name = f"irsort-proof-{os.getpid()}-{id(self)}"
        self.notes.bind("\0" + name)
        return "@" + name

    def wait_until_ready(self, seconds=60):
        """It has recovered what there was, and watches."""
        self.notes.settimeout(seconds)
        try:
            while self.notes.recv(4096) != b"READY=1":
                pass
        except TimeoutError as problem:
            raise Broken(f"not ready within {seconds} s; it said: {self.said()}") from problem

    def said(self):
        return self.log.read_bytes()[self.start:].decode("utf-8", "replace")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        return self.process.wait()

    def stop(self, seconds=30):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(seconds)

    def wait_for(self, what, seconds=60):
        """Until `what()` is true."""
        end = time.monotonic() + seconds
        while not what():
            if self.process.poll() is not None:
                raise Broken(f"irsort ended with {self.process.returncode}: {self.said()}")
            if time.monotonic() > end:
                raise Broken(f"not within {seconds} s; it said: {self.said()}; there lie {self.folder.waiting()}")
            time.sleep(0.02)

    def is_idle(self):
        return not self.folder.waiting() and not self.folder.left_over()


def cpu_of(process):
    """Seconds of CPU of a process and of its children that ended, and of those that run."""
    total = 0.0
    for status in [f"/proc/{process}/stat", *(f"/proc/{c}/stat" for c in children_of(process))]:
        try:
            words = pathlib.Path(status).read_text(encoding="ascii").rsplit(")", 1)[1].split()
        except OSError as problem:
            if problem.errno not in (errno.ENOENT, errno.ESRCH):
                raise
            continue
        total += sum(map(int, words[11:15])) / os.sysconf("SC_CLK_TCK")
    return total


def children_of(process):
    try:
        return [int(w) for w in pathlib.Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []
