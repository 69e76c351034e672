#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Many files in one drop: throughput, latency, memory, and whether it says how far it is.

usage: tests/watch/proof/load.py --program IRSORT --work FOLDER [--blank N | --files DIR [--count N]] [--workers N]
                                 [--svg FILE] [--memory N] [--growth BYTES] [--ratio R] [--each]

--blank N drops N pages of which none has anything on it; --files drops scans of a folder, as often as it takes to
have --count of them (each copy ends with some bytes of its own, which readers pass over). `irsort read` reads the same
files with as many workers; CPU seconds are those of irsort and its readers. Latency is the time from the drop to the
moment when the result stood in its place. --memory N drops N blank pages first, to compare the peak of memory with."""
import dataclasses
import os
import pathlib
import re
import resource
import shutil
import socket
import struct
import subprocess
import sys
import threading
import time
import zlib

from harness import PLACES, Broken, Drop, Folder, Watch, arguments, children_of, cpu_of, parse, sha256

SIDE = (400, 520)  # dots of a blank page, at 100 an inch
BINS = 60  # of the plot
ENDS_FREELY = {".tif", ".pdf", ".jpg", ".png"}  # bytes behind their end are passed over


def blank_page(number):
    """A PNG of one white page that no other number gives."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    width, height = SIDE
    rows = (b"\0" + b"\xff" * (width // 8)) * height
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"pHYs", struct.pack(">IIB", 3937, 3937, 1))
            + chunk(b"tEXt", b"Comment\0%d" % number) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


def make_files(options, folder, count):
    """Files to be dropped, in a folder beside the watched one."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    if options.files is None:
        for number in range(count):
            (folder / f"scan {number:05}.png").write_bytes(blank_page(number))
        return
    scans = sorted(f for f in pathlib.Path(options.files).iterdir() if f.suffix in ENDS_FREELY)
    for number in range(count):
        scan = scans[number % len(scans)]
        end = b"\n%%%d\n" % number if number >= len(scans) else b""
        (folder / f"scan {number:05}{scan.suffix}").write_bytes(scan.read_bytes() + end)


@dataclasses.dataclass
class Run:
    files: int
    wall: float
    cpu: float
    peak: int = 0  # KiB, of irsort itself
    reader: int = 0  # of its largest reader
    done: list = dataclasses.field(default_factory=list)  # seconds after the drop, one a file
    said: list = dataclasses.field(default_factory=list)  # (seconds, status)


def read(options, files):
    """As `irsort read` does it."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    subprocess.run([options.program, "read", "--json", "--workers", str(options.workers), files], check=False,
                   stdout=subprocess.DEVNULL, env={**os.environ, "OMP_THREAD_LIMIT": "1"})
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    count = sum(1 for _ in files.iterdir())
    return Run(count, wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


class Listener(threading.Thread):
    """Hears the status as a service manager does."""

    def __init__(self, path):
        super().__init__(daemon=True)
        self.path = path
        self.heard = []
        self.ready = threading.Event()
        pathlib.Path(path).unlink(missing_ok=True)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(path))

    def run(self):
        while True:
            message = self.socket.recv(4096).decode()
            if message.startswith("STATUS="):
                self.heard.append((time.time(), message[7:]))
            if message == "READY=1":
                self.ready.set()
            if message == "STOP":
                return

    def stop(self):
        sender = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        sender.sendto(b"STOP", str(self.path))
        self.join()


def peak_of(process):
    try:
        return int(re.search(r"VmHWM:\s+(\d+)", pathlib.Path(f"/proc/{process}/status").read_text())[1])
    except (OSError, TypeError):
        return 0


def done_at(folder):
    """Moments at which results came into their place: a rename sets a directory's time of change."""
    return sorted(f.stat().st_ctime for place in PLACES for f in (folder.inbox / place).glob("*/*"))


def watch(options, files):
    """All of them dropped at once into a folder that is watched already."""
    folder = Folder(pathlib.Path(options.work).resolve() / "disk")
    folder.make()
    count = sum(1 for _ in files.iterdir())
    listener = Listener(folder.base / "notify")
    listener.start()
    watched = Watch(options.program, folder, "--workers", str(options.workers),
                    environment={"NOTIFY_SOCKET": str(folder.base / "notify")})
    listener.ready.wait(60)
    before = cpu_of(watched.process.pid)
    for file in files.iterdir():
        shutil.copyfile(file, folder.inbox / file.name)
    dropped = time.time()
    reader = 0
    waits = 0.2 if count < 5000 else 1
    while any(e.is_file() for e in os.scandir(folder.inbox)):
        if watched.process.poll() is not None:
            raise Broken(f"irsort ended: {watched.said()}")
        reader = max([reader, *map(peak_of, children_of(watched.process.pid))])
        time.sleep(waits)
    watched.wait_for(watched.is_idle)
    cpu = cpu_of(watched.process.pid) - before
    time.sleep(1)  # the last status
    run = Run(count, 0, cpu, peak_of(watched.process.pid), reader)
    watched.stop()
    listener.stop()
    run.done = [at - dropped for at in done_at(folder)]
    run.wall = run.done[-1]
    run.said = [(at - dropped, status) for at, status in listener.heard]
    if len(run.done) != count:
        raise Broken(f"{len(run.done)} results of {count} files")
    if options.each:
        check_all(folder, files)
    return run


def check_all(folder, files):
    """The promise, of each of them."""
    drops = [Drop(file.name, file.read_bytes()) for file in sorted(files.iterdir())]
    by_data = {}
    for place in PLACES:
        for at, held in folder.results(place):
            for name, data in held.items():
                if not name.endswith(".json"):
                    by_data.setdefault(data, []).append((place, at, folder.check_record(place, held, name, at)))
    rows = folder.rows()
    for drop in drops:
        found = by_data.get(drop.data, [])
        if len(found) != 1:
            raise Broken(f"{drop.name} is filed {len(found)} times")
        if found[0][0] != "failed":
            folder.check_rows(drop, found[0][1], found[0][2], rows.get(sha256(drop.data), []), ())
    if folder.left_over() or folder.waiting():
        raise Broken(f"left over: {folder.left_over()} {folder.waiting()}")


def check_status(run):
    """It says how far it is, and never goes back."""
    counts = [(at, [int(n) for n in re.findall(r"\d+", status)[:4]]) for at, status in run.said]
    done = [sum(c[:3]) for _, c in counts]
    if done != sorted(done) or not done or done[-1] != run.files or counts[-1][1][3] != 0:
        raise Broken(f"the status does not tell how far it is: {run.said[-3:]}")
    between = [at for (at, _), n in zip(counts, done) if 0 < n < run.files]
    if run.wall > 5 and len(between) < run.wall / 5:
        raise Broken(f"in {run.wall:.0f} s it told {len(between)} times how far it is")
    return len(between)


# ---- the plot ----

def plot(run, title):
    """Letters a minute above, seconds from the drop to the result below."""
    width, height, left, top, gap = 760, 170, 60, 46, 54
    span = run.done[-1]
    bins = [0] * BINS
    for at in run.done:
        bins[min(BINS - 1, int(at / span * BINS))] += 1
    rates = [n / (span / BINS) * 60 for n in bins]
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + width + 20}" '
             f'height="{top + 2 * height + gap + 46}" font-family="sans-serif" font-size="12">',
             '<rect width="100%" height="100%" fill="#fff"/>', f'<text x="{left}" y="20" font-size="14">{title}</text>']

    def panel(y, name, most, points, colour):
        def at(x, value):
            return f"{left + x * width:.1f},{y + height - value / most * height:.1f}"

        lines.append(f'<text x="{left}" y="{y - 8}" fill="#444">{name}</text>')
        for part in range(5):
            level = y + height - part / 4 * height
            lines.append(f'<line x1="{left}" x2="{left + width}" y1="{level:.1f}" y2="{level:.1f}" stroke="#ddd"/>')
            lines.append(f'<text x="{left - 6}" y="{level + 4:.1f}" text-anchor="end" fill="#444">'
                         f'{most * part / 4:.0f}</text>')
        lines.append(f'<polyline fill="none" stroke="{colour}" stroke-width="1.5" points="'
                     + " ".join(at(x, v) for x, v in points) + '"/>')

    most = max(rates) * 1.1
    panel(top, "letters a minute", most, [((i + 0.5) / BINS, rate) for i, rate in enumerate(rates)], "#1b6ca8")
    second = top + height + gap
    step = max(1, len(run.done) // 400)
    panel(second, "seconds from the drop to the result, letter by letter in the order in which they were done", span,
          [(i / max(1, len(run.done) - 1), at) for i, at in enumerate(run.done)][::step], "#b5522a")
    for part in range(5):
        x = left + part / 4 * width
        lines.append(f'<text x="{x}" y="{top + height + 16}" text-anchor="middle" fill="#444">'
                     f'{span * part / 4:.0f} s</text>')
        lines.append(f'<text x="{x}" y="{second + height + 16}" text-anchor="middle" fill="#444">'
                     f'{len(run.done) * part // 4}</text>')
    return "\n".join([*lines, "</svg>\n"])


def tell(name, run):
    rate = run.files / run.wall * 60
    memory = f"; peak {run.peak / 1024:.1f} MiB, a reader {run.reader / 1024:.0f} MiB" if run.peak else ""
    print(f"{name}: {run.files} files, {run.wall:.1f} s, {run.cpu:.1f} s of CPU ({1000 * run.cpu / run.files:.1f} ms "
          f"each), {rate:.0f} a minute{memory}", flush=True)


def main():
    parser = arguments("program")
    parser.add_argument("--blank", type=int, default=1000)
    parser.add_argument("--files")
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--memory", type=int, help="so many blank pages first")
    parser.add_argument("--growth", type=float, default=600, help="bytes of memory a waiting file may take")
    parser.add_argument("--ratio", type=float, help="the most CPU seconds, of those of read")
    parser.add_argument("--each", action="store_true", help="look at each result")
    parser.add_argument("--svg")
    options = parse(parser)
    files = pathlib.Path(options.work).resolve() / "files"
    count = options.count if options.files else options.blank
    small = None
    try:
        if options.memory:
            make_files(options, files, options.memory)
            small = watch(options, files)
            tell("watch", small)
        make_files(options, files, count)
        by_read = read(options, files)
        tell("read", by_read)
        run = watch(options, files)
        tell("watch", run)
        told = check_status(run)
        slowest = run.done[-1]
        print(f"latency: first {run.done[0]:.1f} s, middle {run.done[len(run.done) // 2]:.1f} s, last {slowest:.1f} s; "
              f"the status told {told} times how far it was")
        print(f"watch to read: CPU {run.cpu / by_read.cpu:.2f}, wall {run.wall / by_read.wall:.2f}")
        if options.ratio and run.cpu / by_read.cpu > options.ratio:
            raise Broken(f"{run.cpu / by_read.cpu:.2f} times the CPU of read, not {options.ratio}")
        if small is not None:
            growth = (run.peak - small.peak) * 1024 / (run.files - small.files)
            print(f"memory: {growth:.0f} bytes a file more")
            if growth > options.growth:
                raise Broken(f"memory grows by {growth:.0f} bytes a file")
        if options.svg:
            kind = "blank pages" if options.files is None else "letters"
            pathlib.Path(options.svg).write_text(
                plot(run, f"{run.files} {kind} dropped at once, {options.workers} readers"), encoding="utf-8")
    except Broken as problem:
        sys.exit(f"BROKEN {problem}")
    finally:
        shutil.rmtree(files, ignore_errors=True)


if __name__ == "__main__":
    main()
