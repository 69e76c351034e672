#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Power is lost at every step of filing, and what was not brought to the disk by then may be there or not.

usage: tests/watch/proof/power.py --once WATCH-ONCE --shim SHIM --work FOLDER [--every N] [--random N] [--calls N]
                                  [--syncs] [--least] [--seed N] [PROOF...]

Every call by which filing changes the disk, SQLite's included, is recorded while files are filed. Then for every moment
the states that a file system may have after a loss of power are built: what was synchronised is there; of the rest

    none            nothing
    all             all (as after kill -9)
    names           all names and sizes that were cut, none of the bytes
    zeros           all names and sizes, zeros for bytes
    torn            all, half of the last write
    first           the first so many changes, in their order
    but / only      all but one, and only one
    random          any, drawn

A change of one directory says nothing of another; a rename is one change. Each state is looked at, irsort is started
on it, and looked at again: every file filed once and whole, on the docket once, nothing left over.

  plain     filing from the beginning to its end
  killed    irsort is killed at a call, started again, and power is lost during that (what the first had not
            synchronised may be lost still)
  failing   the same, but the call fails
  again     power is lost during the recovery from a loss of power"""
import collections
import dataclasses
import errno
import hashlib
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

from harness import Broken, Drop, Folder, arguments, parse

DROPS = [
    Drop("a.txt", b"LT11 2026-03-02 1234\n", "filed", 1),
    Drop("b.txt", b"CP504 2026-02-02 1234\nLT11 2026-02-12 1234\n", "filed", 2),
    Drop("c.txt", b"review                \n", "review", 1),
    Drop("d.txt", b"damaged               \n", "failed", 0),
]
TWINS = [Drop("e.txt", DROPS[0].data)]
FAILURES = (errno.EIO, errno.ENOSPC)
PROOFS = ("plain", "killed", "failing", "again")


# ---- the disk ----

@dataclasses.dataclass
class Node:
    names: dict = None  # of a directory: name to node number
    data: bytearray = None
    times: tuple = None  # of a file that was there at the beginning: (atime, mtime) in ns

    def copy(self):
        return Node(dict(self.names) if self.names is not None else None,
                    bytearray(self.data) if self.data is not None else None, self.times)


@dataclasses.dataclass
class Change:
    """What a call did: names that were set or removed (None), bytes, a size; or that a node was synchronised."""
    names: tuple = ()  # (directory, name, node or None)
    write: tuple = None  # (node, offset, bytes)
    size: tuple = None  # (node, size)
    sync: int = None

    def nodes(self):
        if self.names:
            return {directory for directory, _, _ in self.names}
        return {(self.write or self.size)[0]}


class Disk:
    """Nodes by number; 0 is the directory below which all is recorded. What calls do to it is kept in `changes`."""

    def __init__(self, root, nodes=None):
        self.root = str(root)
        self.first = nodes if nodes is not None else self.read(root)
        self.live = {n: node.copy() for n, node in self.first.items()}
        self.changes = []
        self.open = {}
        self.syncs = 0

    @staticmethod
    def read(root):
        nodes = {}

        def add(path):
            number = len(nodes)
            nodes[number] = Node()
            if path.is_dir():
                nodes[number].names = {child.name: add(child) for child in sorted(path.iterdir())}
            else:
                status = path.stat()
                nodes[number].data = bytearray(path.read_bytes())
                nodes[number].times = (status.st_atime_ns, status.st_mtime_ns)
            return number

        add(pathlib.Path(root))
        return nodes

    def resolve(self, folder, name):
        """(directory, last part of the name, node or None)"""
        if name.startswith("/"):
            if not name.startswith(self.root):
                raise ValueError(f"a call leads out: {name}")
            at, name = 0, name[len(self.root):]
        else:
            at = self.open[folder]
        parts = [part for part in name.split("/") if part not in ("", ".")]
        if not parts:
            return None, None, at
        for part in parts[:-1]:
            at = self.live[at].names[part]
        return at, parts[-1], self.live[at].names.get(parts[-1])

    def add_node(self, node):
        number = max(self.live) + 1
        self.live[number] = node
        self.first[number] = Node(names={}) if node.names is not None else Node(data=bytearray())
        return number

    def change(self, change):
        self.changes.append(change)
        apply(self.live, change)

    def play(self, log):
        """Does what a run's log tells; what the run had open is closed at its end."""
        self.open = {}
        for line in log.splitlines():
            call, result, a, b, c, *rest = line.split(" ")
            self.do(call, int(result), int(a), int(b), int(c), bytes.fromhex(rest[0]) if rest else b"")

    def do(self, call, result, a, b, flags, data):
        if call in ("open", "mkdir", "unlink", "rename"):
            name, other = (part.decode("utf-8", "surrogateescape") for part in data.split(b"\0"))
        if call == "open":
            directory, name, node = self.resolve(a, name)
            if node is None:
                node = self.add_node(Node(data=bytearray()))
                self.change(Change(names=((directory, name, node),)))
            elif b & os.O_TRUNC and self.live[node].data:
                self.change(Change(size=(node, 0)))
            self.open[result] = node
        elif call == "mkdir":
            directory, name, _ = self.resolve(a, name)
            self.change(Change(names=((directory, name, self.add_node(Node(names={}))),)))
        elif call == "unlink":
            directory, name, _ = self.resolve(a, name)
            self.change(Change(names=((directory, name, None),)))
        elif call == "rename":
            directory, name, node = self.resolve(a, name)
            to, to_name, _ = self.resolve(b, other)
            self.change(Change(names=((directory, name, None), (to, to_name, node))))
        elif call == "write":
            self.change(Change(write=(self.open[a], b, data)))
        elif call == "truncate":
            self.change(Change(size=(self.open[a], b)))
        elif call == "fsync":
            self.syncs += 1
            self.changes.append(Change(sync=self.open[a]))
        elif call == "close":
            self.open.pop(a, None)
        elif call != "chmod":
            raise ValueError(f"an unknown call: {call}")


def apply(nodes, change):
    for directory, name, node in change.names:
        if node is None:
            nodes[directory].names.pop(name, None)
        else:
            nodes[directory].names[name] = node
    if change.write is not None:
        node, offset, data = change.write
        held = nodes[node].data
        if len(held) < offset:
            held.extend(bytes(offset - len(held)))
        held[offset:offset + len(data)] = data
    if change.size is not None:
        node, size = change.size
        held = nodes[node].data
        del held[size:]
        held.extend(bytes(size - len(held)))


# ---- what may be there after a loss of power ----

def split(changes, moment):
    """(numbers of the changes that are on the disk for sure, of those that may be) after so many changes."""
    last = {}
    for number in range(moment):
        if changes[number].sync is not None:
            last[changes[number].sync] = number
    sure, pending = [], []
    for number in range(moment):
        change = changes[number]
        if change.sync is None:
            on_disk = any(last.get(node, -1) > number for node in change.nodes())
            (sure if on_disk else pending).append(number)
    return sure, pending


def build(disk, numbers, alter=None):
    """The nodes after these changes, in their order; `alter` may put another change in the place of one."""
    nodes = {n: node.copy() for n, node in disk.first.items()}
    for number in sorted(numbers):
        change = disk.changes[number]
        apply(nodes, alter(number, change) if alter is not None else change)
    return nodes


def zeros_for(pending):
    pending = set(pending)

    def alter(number, change):
        if number not in pending or change.write is None:
            return change
        node, offset, data = change.write
        return Change(write=(node, offset, bytes(len(data))))

    return alter


def states_at(disk, moment, draw, drawn, least=False):
    """(kind, nodes) of each kind that is told of above; of the first only with `least`."""
    last = moment - 1
    is_synced = moment > 0 and disk.changes[last].sync is not None
    if least and moment > 0 and not is_synced:
        return  # as before
    sure, pending = split(disk.changes, moment)
    yield "none", build(disk, sure)
    if least:
        return
    yield "all", build(disk, sure + pending)
    yield "names", build(disk, sure + [n for n in pending if disk.changes[n].write is None])
    yield "zeros", build(disk, sure + pending, zeros_for(pending))
    if last in pending and disk.changes[last].write is not None:
        node, offset, data = disk.changes[last].write
        half = Change(write=(node, offset, data[:len(data) // 2]))
        yield "torn", build(disk, sure + pending, lambda n, c: half if n == last else c)
    for count in range(1, len(pending)):
        yield "first", build(disk, sure + pending[:count])
    for number in pending:
        yield "but", build(disk, sure + [n for n in pending if n != number])
        yield "only", build(disk, [*sure, number])
    for _ in range(drawn):
        share = draw.random()
        yield "random", build(disk, sure + [n for n in pending if draw.random() < share])


def canon(nodes, at=0):
    """The same for the same tree."""
    node = nodes[at]
    if node.names is None:
        return hashlib.sha256(node.data).digest()
    whole = hashlib.sha256(b"directory")
    for name, child in sorted(node.names.items()):
        whole.update(name.encode("utf-8", "surrogateescape") + b"\0" + canon(nodes, child))
    return whole.digest()


# ---- trying ----

class Proof:
    def __init__(self, options):
        self.options = options
        self.work = pathlib.Path(options.work).resolve()
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        self.memory = tempfile.mkdtemp(prefix="irsort-power-", dir=memory)
        self.folder = Folder(pathlib.Path(self.memory) / "disk")  # in memory: what is synchronised is only counted
        self.log = self.work / "log"
        self.draw = random.Random(options.seed)
        self.tried = collections.Counter()
        self.seen = set()
        self.broken = 0
        self.server = subprocess.Popen([options.once], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                       stderr=(self.work / "said").open("w"))
        self.identities = {}
        self.syncs = []  # the numbers of the calls that bring something onto the disk, in a run without any trouble

    def lay_out(self, nodes):
        """Puts the state onto the real disk, at the same path as always."""
        shutil.rmtree(self.folder.base, ignore_errors=True)
        real = {}

        def put(number, path):
            node = nodes[number]
            if node.names is None:
                path.write_bytes(node.data)
                if node.times is not None:
                    os.utime(path, ns=node.times)
                real[number] = (path, path.stat())
                return
            path.mkdir(mode=0o755)
            for name, child in node.names.items():
                put(child, path / name)

        put(0, self.folder.base)
        self.folder.docket.parent.mkdir(exist_ok=True)
        self.keep_identities(real)

    def keep_identities(self, real):
        """What was dropped has another inode and another time of change than when it was recorded, of which the journal
        tells: the journal is told the new ones."""
        journal = self.folder.inbox / ".irsort" / "journal"
        now = {inode: real[number] for number, inode in self.identities.items() if number in real}
        for path in journal.glob("*"):
            try:
                intent = json.loads(path.read_bytes())
                at, status = next((at, s) for inode, (at, s) in now.items() if inode == intent["identity"]["inode"])
            except (ValueError, StopIteration):
                continue
            moved = at.parent != self.folder.inbox  # a rename sets the time of change
            intent["identity"].update(inode=status.st_ino, changed_ns=status.st_ctime_ns - moved)
            path.write_text(json.dumps(intent, separators=(",", ":")), encoding="utf-8")

    def begin(self):
        self.folder.make(with_docket=False)
        for drop in (*DROPS, *TWINS):
            self.folder.drop(drop)
        disk = Disk(self.folder.base)
        self.identities = {}
        for number, node in disk.first.items():
            if node.data is None:
                continue
            for path in self.folder.inbox.iterdir():
                if disk.live[disk.live[0].names["in"]].names.get(path.name) == number:
                    self.identities[number] = path.stat().st_ino
        return disk

    def run(self, disk, **shim):
        """One run of irsort, recorded onto the disk; its end."""
        self.log.unlink(missing_ok=True)
        told = {**os.environ, "LD_PRELOAD": str(pathlib.Path(self.options.shim).resolve()),
                "SHIM_ROOT": str(self.folder.base), "SHIM_LOG": str(self.log), **shim}
        ended = subprocess.run([self.options.once, self.folder.inbox, self.folder.docket], env=told, check=False,
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        disk.play(self.log.read_text(encoding="ascii"))
        return ended

    def recover(self):
        self.server.stdin.write(f"{self.folder.inbox} {self.folder.docket}\n")
        self.server.stdin.flush()
        answer = self.server.stdout.readline().strip()
        if answer != "0":
            raise Broken(f"irsort ended with {answer}; see {self.work / 'said'}")

    def try_state(self, nodes, what):
        self.lay_out(nodes)
        try:
            self.folder.check_now(DROPS, TWINS)
            self.recover()
            self.folder.check_end(DROPS, TWINS)
        except Broken as problem:
            self.broken += 1
            print(f"BROKEN {what}: {problem}", flush=True)
            if self.options.keep:
                self.lay_out(nodes)
                shutil.copytree(self.folder.base, pathlib.Path(self.options.keep) / f"{self.broken}", symlinks=True)

    def try_all(self, disk, moments, name, drawn, where=""):
        """All states of these moments that were not tried before."""
        for moment in moments:
            for kind, nodes in states_at(disk, moment, self.draw, drawn, self.options.least):
                key = canon(nodes)
                if key in self.seen:
                    continue
                self.seen.add(key)
                self.tried[name, kind] += 1
                self.try_state(nodes, f"{name}{where}, {kind}, after change {moment} of {len(disk.changes)}")
                if self.broken >= self.options.most:
                    return

    # ---- the proofs ----

    def plain(self, tried):
        disk = self.begin()
        ended = self.run(disk)
        if ended.returncode != 0:
            raise Broken(f"a run without any trouble ended with {ended.returncode}: {ended.stderr}")
        self.folder.check_end(DROPS, TWINS)
        if canon(disk.live) != canon(Disk.read(self.folder.base)) and not self.differs_only_in_memory(disk):
            raise Broken("what was recorded is not what is there")
        self.syncs = [int(line.split(" ")[3]) for line in self.log.read_text(encoding="ascii").splitlines()
                      if line.startswith("fsync ")]
        print(f"a filing of {len(DROPS) + len(TWINS)} files: {len(disk.changes)} changes, {disk.syncs} of them syncs")
        if tried:
            self.try_all(disk, range(0, len(disk.changes) + 1, self.options.every), "plain", self.options.random)
        return disk

    def differs_only_in_memory(self, disk):
        """SQLite writes its -shm file by memory, and makes nothing of it after a crash."""
        there = Disk.read(self.folder.base)
        for nodes in (there, disk.live):
            names = nodes[nodes[0].names["docket"]].names
            for name in [n for n in names if n.endswith("-shm")]:
                del names[name]
        return canon(there) == canon(disk.live)

    def calls(self):
        """How many there are in a run."""
        disk = self.begin()
        for call in range(1, 100000, 100):
            if self.run(disk, SHIM_KILL=str(call)).returncode == 0:
                top = call
                break
            disk = self.begin()
        low = max(1, top - 100)
        while low < top:
            middle = (low + top) // 2
            disk = self.begin()
            if self.run(disk, SHIM_KILL=str(middle)).returncode == 0:
                top = middle
            else:
                low = middle + 1
        return low - 1

    def twice(self, name, calls, first):
        """A run that ends badly at each call, and one that finishes it, during which power is lost."""
        for call in calls:
            disk = self.begin()
            self.run(disk, **first(call))
            before = len(disk.changes)
            ended = self.run(disk)
            if ended.returncode != 0:
                raise Broken(f"{name} at call {call}: the next start ended with {ended.returncode}: {ended.stderr}")
            self.folder.check_end(DROPS, TWINS)
            self.try_all(disk, range(before, len(disk.changes) + 1, self.options.every), name, 0, f" at call {call}")

    def again(self, disk):
        moments = list(range(0, len(disk.changes) + 1, max(7, self.options.every)))
        for moment in moments:
            for kind, nodes in list(states_at(disk, moment, self.draw, 1))[::5]:
                self.lay_out(nodes)
                second = Disk(self.folder.base)
                kept = dict(self.identities)
                self.identities = {n: s for n, s in self.match(second).items()}
                ended = self.run(second)
                if ended.returncode != 0:
                    raise Broken(f"again, {kind} after change {moment}: ended with {ended.returncode}: {ended.stderr}")
                self.try_all(second, range(0, len(second.changes) + 1, max(3, self.options.every)), "again", 0)
                self.identities = kept

    def match(self, disk):
        """Node to inode of what lies in the inbox or is leaving it."""
        found = {}
        for path in (*self.folder.inbox.iterdir(), *(self.folder.inbox / ".irsort" / "leaving").glob("*")):
            if not path.is_file():
                continue
            directory, name, node = disk.resolve(None, str(path))
            if directory is not None and name:
                found[node] = path.stat().st_ino
        return found

    def prove(self):
        wanted = self.options.proofs or PROOFS
        disk = self.plain("plain" in wanted)
        calls = sorted({*range(1, self.calls() + 1, self.options.calls), *(self.syncs if self.options.syncs else ())})
        if "killed" in wanted:
            self.twice("killed", calls, lambda call: {"SHIM_KILL": str(call)})
        if "failing" in wanted:
            self.twice("failing", calls,
                       lambda call: {"SHIM_FAIL": f"{call}:{call + 1}:{FAILURES[call % len(FAILURES)]}"})
        if "again" in wanted:
            self.again(disk)
        for name in dict.fromkeys(n for n, _ in self.tried):
            kinds = {k: c for (n, k), c in self.tried.items() if n == name}
            print(f"{name}: {sum(kinds.values())} states: " + ", ".join(f"{c} {k}" for k, c in kinds.items()))
        print(f"{sum(self.tried.values())} states on the disk, {self.broken} of them break the promise (seed "
              f"{self.options.seed})")
        return 1 if self.broken else 0


def main():
    parser = arguments("once", "shim")
    parser.add_argument("--every", type=int, default=1, help="only every so many-th moment")
    parser.add_argument("--random", type=int, default=4, help="states drawn at each moment")
    parser.add_argument("--calls", type=int, default=1, help="kill and fail only at every so many-th call")
    parser.add_argument("--syncs", action="store_true", help="and at each call that brings something onto the disk")
    parser.add_argument("proofs", nargs="*", metavar="PROOF", help=", ".join(PROOFS))
    parser.add_argument("--least", action="store_true", help="only the states with nothing that need not be there")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most", type=int, default=20, help="stop after so many broken states")
    parser.add_argument("--keep", help="keep broken states there")
    options = parse(parser)
    proof = Proof(options)
    try:
        sys.exit(proof.prove())
    finally:
        shutil.rmtree(proof.memory, ignore_errors=True)


if __name__ == "__main__":
    main()
