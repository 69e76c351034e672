#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""irsort is killed (SIGKILL) at random moments while it files scans, and started again.

usage: tests/watch/proof/kill.py --program IRSORT --fixtures IRSORT-FIXTURES --shim SHIM --work FOLDER [--kills N]
                                 [--seed N] [SIZE...]

Scans of three sizes, a page, ten pages and twenty pages of 300 dpi, are dropped two at a time. irsort is killed up to
four times on each two: half of the kills after a random time, half before a random one of its calls that change the
disk, with half of the bytes written where it writes. After each kill: every scan is where it was dropped or filed whole, and
not twice. After the last start: each is filed exactly once and whole, on the docket once, nothing is left over, and no
process is left behind. What is printed tells how many kills hit which step of docs/watch.md."""
import collections
import json
import pathlib
import random
import shutil
import sqlite3
import subprocess
import sys
import time

from harness import Broken, Drop, Folder, Watch, arguments, children_of, parse, sha256

SIZES = {"page": ("lt11-a-bw200", "--full-pages", "1"), "ten": ("lt11-a-bw200", "--full-pages", "10"),
         "large": ("lt11-a-clean300", "--full-pages", "20", "--dpi", "300")}
SCANS = 2  # dropped at once
KILLS_MOST = 4  # of one drop
TELL_EVERY = 20  # kills: it may take an hour
STEPS = ("no scan in hand", "1 being copied", "2 being read", "4 its records written", "5 its intent in the journal",
         "7 in place, not on the docket", "8 on the docket, its original in the inbox", "9 its original leaving",
         "11 its original gone, its intent there")


def make_scan(fixtures, size, work):
    """The bytes of a fixture of that size."""
    name, *options = SIZES[size]
    folder = work / f"fixture-{size}"
    if not folder.exists():
        subprocess.run([fixtures, "--out", folder, "--only", name, *options], check=True, stdout=subprocess.DEVNULL)
    return next(f for f in folder.iterdir() if f.stem == name).read_bytes()


class Proof:
    def __init__(self, options):
        self.options = options
        self.work = pathlib.Path(options.work).resolve()
        self.work.mkdir(parents=True, exist_ok=True)
        self.folder = Folder(self.work / "disk")
        self.draw = random.Random(options.seed)
        self.hits = {size: collections.Counter() for size in options.sizes}
        self.kills = 0
        self.made = 0
        self.broken = 0
        self.span = {}  # of a run that is not killed: seconds, calls
        self.scans = {size: make_scan(options.fixtures, size, self.work) for size in options.sizes}

    def drops(self, size):
        """No two scans have the same bytes: what follows a TIFF's or PDF's end is passed over by every reader."""
        made = []
        for _ in range(SCANS):
            self.made += 1
            end = b"\n%%%d-%d\n" % (self.options.seed, self.made)
            made.append(Drop(f"scan {self.made}.tif", self.scans[size] + end, letters=1))
        return made

    # ---- which step it was ----

    def on_docket(self):
        """Hashes, from a copy: to open the docket itself would mend it."""
        copy = self.work / "copy"
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        for path in self.folder.docket.parent.glob("docket.db*"):
            if not path.name.endswith("-shm"):
                shutil.copy(path, copy)
        if not (copy / "docket.db").exists():
            return set()
        base = sqlite3.connect(copy / "docket.db")
        try:
            return {row[0] for row in base.execute("SELECT sha256 FROM letters")}
        except sqlite3.OperationalError:  # not yet made
            return set()
        finally:
            base.close()

    def step(self, drop, docket):
        own = self.folder.inbox / ".irsort"
        intents = {}
        for path in (own / "journal").glob("*"):
            try:
                intents[json.loads(path.read_bytes())["sha256"]] = path.name
            except ValueError:
                pass  # half written
        key = intents.get(sha256(drop.data))
        filed = bool(self.folder.find(drop))
        if key is not None:
            if (own / "leaving" / key).exists():
                return 7
            if filed and not (self.folder.inbox / drop.name).exists():
                return 8
            return 4 if not filed else 6 if sha256(drop.data) in docket else 5
        for copy in (own / "spool").glob(f"*/{drop.name}"):
            if (copy.parent / "letter.json").exists():
                return 3
            return 2 if copy.stat().st_size == len(drop.data) else 1
        return 0

    # ---- a drop ----

    def calm(self, size):
        """A run that is not killed: how long it takes, in seconds and in calls."""
        drops = self.begin(size)
        log = self.work / "calls"
        log.unlink(missing_ok=True)
        start = time.monotonic()
        watch = Watch(self.options.program, self.folder, "--once", shim=self.options.shim,
                      environment={"SHIM_LOG": str(log)})
        if watch.process.wait(300) != 0:
            raise Broken(f"a run that was not killed: {watch.said()}")
        seconds = time.monotonic() - start
        self.folder.check_end(drops)
        calls = [line.split(b" ", 5) for line in log.read_bytes().splitlines()]
        changing = [c for c in calls if c[0] not in (b"open", b"close") or (c[0] == b"open" and int(c[3]) & 0o1100)]
        self.span[size] = seconds, len(changing)

    def begin(self, size):
        self.folder.make()
        drops = self.drops(size)
        for drop in drops:
            self.folder.drop(drop)
        return drops

    def kill_once(self, size, drops):
        """False if it had ended before."""
        seconds, calls = self.span[size]
        environment = {}
        by_call = self.draw.random() < 0.5
        if by_call:
            environment["SHIM_KILL"] = str(self.draw.randint(1, calls))
        watch = Watch(self.options.program, self.folder, "--once", shim=self.options.shim, environment=environment)
        children = []
        end = time.monotonic() + (seconds * 3 if by_call else self.draw.random() * seconds)
        while watch.process.poll() is None and time.monotonic() < end:
            children = children_of(watch.process.pid) or children
            time.sleep(0.005)
        children = children_of(watch.process.pid) or children
        if watch.process.poll() == 0:
            return False
        if watch.kill() not in (-9, 0):
            raise Broken(f"it ended with {watch.process.returncode}: {watch.said()}")
        self.kills += 1
        self.folder.check_now(drops)
        docket = self.on_docket()
        self.hits[size][max(self.step(drop, docket) for drop in drops)] += 1
        self.look_for_orphans(children)
        return True

    @staticmethod
    def look_for_orphans(children):
        end = time.monotonic() + 10
        while time.monotonic() < end:
            alive = [c for c in children if pathlib.Path(f"/proc/{c}/exe").exists()]
            if not alive:
                return
            time.sleep(0.02)
        raise Broken(f"processes are left behind: {alive}")

    def one(self, size):
        drops = self.begin(size)
        try:
            for _ in range(self.draw.randint(1, KILLS_MOST)):
                if not self.kill_once(size, drops):
                    break
            watch = Watch(self.options.program, self.folder, "--once")
            if watch.process.wait(300) != 0:
                raise Broken(f"the last start ended with {watch.process.returncode}: {watch.said()}")
            self.folder.check_end(drops)
        except Broken as problem:
            self.broken += 1
            kept = self.work / f"broken-{self.broken}"
            shutil.rmtree(kept, ignore_errors=True)
            shutil.copytree(self.folder.base, kept, symlinks=True)
            print(f"BROKEN {size}, after kill {self.kills}: {problem}; kept in {kept}", flush=True)

    def prove(self):
        for size in self.options.sizes:
            self.calm(size)
        told = 0
        while self.kills < self.options.kills and self.broken < 5:
            for size in self.options.sizes:
                self.one(size)
            if self.kills >= told + TELL_EVERY:
                told = self.kills
                self.tell()
        self.tell()
        return 1 if self.broken else 0

    def tell(self):
        print(f"{'killed while':48}" + "".join(f"{size:>8}" for size in self.options.sizes))
        for number, step in enumerate(STEPS):
            print(f"{step:48}" + "".join(f"{self.hits[size][number]:8}" for size in self.options.sizes))
        print(f"{self.kills} kills, {self.made} scans, {self.broken} times the promise was broken (seed "
              f"{self.options.seed})", flush=True)


def main():
    parser = arguments("program", "fixtures", "shim")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("sizes", nargs="*", metavar="SIZE", default=list(SIZES))
    sys.exit(Proof(parse(parser)).prove())


if __name__ == "__main__":
    main()
