#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Provokes every error code of the contract, and every exit status, from outside.

usage: tests/e2e/errors.py PROGRAM SOURCE [--long]    (--long: the timeout as well, which takes two minutes)"""
import json
import os
import pathlib
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import time
import zlib

NOBODY = 65534
LONG_WAIT = 300  # seconds; more than a small file may take
ROOM = 48 << 20  # bytes that a worker is left with: enough to go on, too few for the large picture


def png(width, height, rows=None):
    """A grey PNG; without rows its picture is missing, only its header says how large it is."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packer = zlib.compressobj(1)
    data = b"".join(packer.compress(b"\0" + b"\xff" * width) for _ in range(height if rows is None else rows))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) +
            chunk(b"IDAT", data + packer.flush()) + chunk(b"IEND", b""))


def pdf(objects, trailer=b""):
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + (b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" %
                  (len(objects) + 1, table, len(objects) + 1, trailer, len(out)))


def pages_pdf(count):
    kids = b" ".join(b"%d 0 R" % (3 + i) for i in range(count))
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] >>"
    return [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count %d /Kids [%s] >>" % (count, kids)] + [page] * count


def locked_pdf():
    """Locked with a password that is not the empty one: its check value cannot fit."""
    lock = b"/Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s>" % (b"11" * 32, b"22" * 32)
    return pdf(pages_pdf(1) + [b"<< %s >>" % lock], b"/Encrypt 4 0 R /ID [<33> <33>]")


class Tester:
    def __init__(self, program, folder):
        self.program, self.folder = program, folder
        self.seen, self.faults = set(), []

    def call(self, *arguments, **how):
        return subprocess.run([self.program, *arguments], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              check=False, **how)

    def make(self, name, data):
        (self.folder / name).write_bytes(data)
        return name

    def expect(self, name, code, output, status):
        """The output is one error line of that file and code, the exit status 1."""
        lines = [json.loads(line) for line in output.decode().splitlines()]
        got = [(l["schema"], l["source"]["file"], l.get("error", {}).get("code")) for l in lines]
        if got != [("irsort.error/1", name, code)] or status != 1:
            self.faults.append(f"{name}: {code} and 1 wanted, {got} and {status} given")
        else:
            self.seen.add(code)
            if not lines[0]["error"]["message"]:
                self.faults.append(f"{code} says nothing")

    def refuse(self, name, code, **how):
        run = self.call("read", "--json", name, **how)
        self.expect(name, code, run.stdout, run.returncode)

    def worker_of(self, parent):
        """The process of the worker, as soon as there is one."""
        while parent.poll() is None:
            for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
                try:
                    fields = path.read_text(encoding="utf-8", errors="replace").rsplit(")", 1)[1].split()
                except OSError:
                    continue
                if int(fields[1]) == parent.pid and b"--worker" in path.with_name("cmdline").read_bytes():
                    return int(path.parent.name)
            time.sleep(0.01)
        raise RuntimeError("no worker was started")

    def meddle(self, name, code, with_worker):
        """Starts reading, stops the parent when its worker is there, and lets the worker suffer once it is idle."""
        with subprocess.Popen([self.program, "read", "--json", name], cwd=self.folder, stdout=subprocess.PIPE) as parent:
            worker = self.worker_of(parent)
            parent.send_signal(signal.SIGSTOP)
            idle_since, before = time.monotonic(), None
            while time.monotonic() - idle_since < 0.5:  # it has loaded all it needs when its clock stands still
                time.sleep(0.05)
                spent = pathlib.Path(f"/proc/{worker}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[11:13]
                if spent != before or pathlib.Path(f"/proc/{worker}/wchan").read_text(encoding="utf-8") == "0":
                    idle_since, before = time.monotonic(), spent
            with_worker(worker)
            parent.send_signal(signal.SIGCONT)
            output = parent.communicate(timeout=LONG_WAIT)[0]
            self.expect(name, code, output, parent.returncode)


def starve(worker):
    used = int(pathlib.Path(f"/proc/{worker}/statm").read_text(encoding="utf-8").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.prlimit(worker, resource.RLIMIT_AS, (used + ROOM, used + ROOM))


def provoke(tester, long):
    tester.refuse("missing.pdf", "not-found")
    tester.refuse(tester.make("empty.pdf", b""), "empty")
    tester.refuse("/dev/null", "not-regular")
    tester.refuse(tester.make("words.pdf", b"these are words\n"), "unknown-format")
    tester.refuse(tester.make("half.png", png(1700, 2200)[:60]), "damaged")
    tester.refuse(tester.make("locked.pdf", locked_pdf()), "encrypted-pdf")
    tester.refuse(tester.make("huge.png", png(20000, 20000, rows=1)), "too-large")
    tester.refuse(tester.make("thick.pdf", pdf(pages_pdf(2001))), "too-many-pages")
    large = tester.make("large.png", png(10000, 14000))
    tester.meddle(large, "out-of-memory", starve)
    page = tester.make("page.png", png(1700, 2200))
    tester.meddle(page, "worker-died", lambda worker: os.kill(worker, signal.SIGSTOP) or kill_soon(worker))
    if long:
        tester.meddle(page, "timeout", lambda worker: os.kill(worker, signal.SIGSTOP))


def kill_soon(worker):
    """When the request lies before it: a child that dies idle is replaced and nothing is lost."""
    subprocess.Popen(["/bin/sh", "-c", f"sleep 2; kill -9 {worker}"])


def provoke_not_readable(tester):
    """Needs another user than root, for whom nothing is locked."""
    secret = tester.make("secret.pdf", b"secret")
    (tester.folder / secret).chmod(0)
    if os.getuid() != 0:
        tester.refuse(secret, "not-readable")
        return True
    tester.folder.chmod(0o755)
    try:
        if tester.call("notices", user=NOBODY).returncode != 0:
            return False
    except PermissionError:
        return False
    tester.refuse(secret, "not-readable", user=NOBODY)
    return True


def check_statuses(tester):
    good = tester.make("good.png", png(1700, 2200))
    wrong = tester.make("wrong.pdf", b"words")
    for arguments, wanted in ((["read", good], 0), (["read", "--json", good], 0), (["read", good, wrong], 1),
                              (["read", wrong], 1), (["read"], 2), (["read", "--nonsense", good], 2),
                              (["read", "--as-of", "2026-02-30", good], 2), (["nonsense"], 2), ([], 2)):
        status = tester.call(*arguments).returncode
        if status != wanted:
            tester.faults.append(f"irsort {' '.join(arguments)}: {wanted} wanted, {status} given")
    run = tester.call("read", "--json", good, env={**os.environ, "IRSORT_DATA": str(tester.folder)})
    if run.returncode != 2 or run.stdout:
        tester.faults.append(f"without patterns: {run.returncode}, {run.stdout}")


def main():
    program, source = sys.argv[1:3]
    long = "--long" in sys.argv
    schema = json.loads(pathlib.Path(source, "docs/irsort.letter.schema.json").read_text(encoding="utf-8"))
    codes = set(schema["$defs"]["error"]["properties"]["error"]["properties"]["code"]["enum"])
    with tempfile.TemporaryDirectory() as folder:
        tester = Tester(os.path.abspath(program), pathlib.Path(folder))
        provoke(tester, long)
        check_statuses(tester)
        if not provoke_not_readable(tester):
            print("not-readable: the program cannot be reached by another user, not tried")
            codes.discard("not-readable")
    if not long:
        codes.discard("timeout")
    if codes - tester.seen:
        tester.faults.append(f"never seen: {', '.join(sorted(codes - tester.seen))}")
    print(f"{len(tester.seen)} error codes provoked")
    sys.exit("\n".join(tester.faults) if tester.faults else 0)


if __name__ == "__main__":
    main()
