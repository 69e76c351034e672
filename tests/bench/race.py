#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The race: the same letters read by irsort, by tesseract and by ocrmypdf, in one run on one machine.

usage: tests/bench/race.py [--batch N] [--letters N] [--long] [--svg FILE] [--work DIR] [--seed N] [PROGRAM MAKER]

PROGRAM is irsort (build/release/irsort if not given, what ./run builds), MAKER is irsort-fixtures (build/check/fixtures/…, what
./check builds). tesseract and pdftoppm are in Debian's tesseract-ocr and poppler-utils, ocrmypdf in ocrmypdf; what is not
installed is left out, and that is said.

The letters: PDFs of four full pages, scanned grey at 300 dots an inch on a flatbed, slightly skewed, JPEG; all listed
letters, invented people. What each must do is say which letter it is:

  irsort     `irsort read --json`: counted right, wrong, or not sure (review and the like). It also reads the dates.
  tesseract  `tesseract` over all four pages, one process a letter, then a search of the text for the first thing that looks
             like a number of the IRS's. The pages lie there as 300-dpi pictures; making them (pdftoppm) is not counted.
  ocrmypdf   `ocrmypdf --sidecar --jobs 1`, then the same search.

All run with OMP_THREAD_LIMIT=1, without which tesseract takes several times as long. CPU seconds are user and system time
of the process and all its children; peak memory is that of the largest single process. CPU seconds hardly change when the
machine is busy with something else; wall seconds do.
"""
import argparse
import collections
import concurrent.futures
import ctypes
import json
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parents[2]
PAGES = 4
DPI = 300
COLD = 5  # letters that are read one by one, each by a new process, where no rival says how many
LONG = 2000
CHUNK = 12  # letters that are made at a time
NUMBER = re.compile(r"\b(CP|LT|Letter|LTR)[ -]?(\d{2,4}(?: ?[A-Z]{1,2}\b)?)")


# ---- measuring ----

class Cost:
    """What some runs took, in all."""

    def __init__(self):
        self.cpu = self.wall = self.peak = 0.0

    def add(self, usage):
        self.cpu += usage.ru_utime + usage.ru_stime
        self.peak = max(self.peak, usage.ru_maxrss / 1024)  # Linux counts KB


def adopt_orphans():
    """From now on, what a process leaves behind when it ends becomes a child of this one. irsort gives its answer and ends
    without waiting for the process that read the last file: nobody else would count what that took."""
    pr_set_child_subreaper = 36
    if ctypes.CDLL(None, use_errno=True).prctl(pr_set_child_subreaper, 1, 0, 0, 0) != 0:
        sys.exit("this system cannot count the CPU time of processes that are left behind")


def count_orphans(cost):
    while True:
        try:
            cost.add(os.wait4(-1, 0)[2])
        except ChildProcessError:
            return


def run(command, cost, output=None):
    """Runs the command, adds its and its children's use to the cost, and returns its exit status."""
    environment = dict(os.environ, OMP_THREAD_LIMIT="1")
    with open(output or os.devnull, "wb") as out:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.DEVNULL,
                                   env=environment)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    cost.add(usage)
    return process.returncode


def run_all(jobs, workers):
    """Runs the jobs, callables that take a cost, so many at a time."""
    cost = Cost()
    begin = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        for done in [pool.submit(job, cost) for job in jobs]:
            done.result()
    cost.wall = time.monotonic() - begin
    return cost


# ---- the letters ----

def make_part(maker, folder, names, seed):
    """Makes the fixtures of those names, unless they lie there already; [(path, id)] of what is a PDF."""
    ready = folder / "ready"
    if not ready.exists() or ready.stat().st_mtime < pathlib.Path(maker).stat().st_mtime:
        shutil.rmtree(folder, ignore_errors=True)
        only = [word for name in names for word in ("--only", name)]
        folder.mkdir(parents=True)
        subprocess.run([maker, "--out", folder, "--seed", str(seed), "--full-pages", str(PAGES), "--dpi", str(DPI), *only],
                       check=True)
        ready.touch()
    head, *rows = (line.split("\t") for line in (folder / "truth.tsv").read_text(encoding="utf-8").splitlines())
    rows = [dict(zip(head, cells)) for cells in rows]
    return [(folder / row["file"], row["id"]) for row in rows if row["file"].endswith(".pdf")]  # ocrmypdf takes no long TIFF


def make_letters(maker, work, count, seed):
    """`count` files and what they are: [(path, id)], mixed, in the same order each time."""
    listed = subprocess.run([maker, "--list"], check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    names = [n for n, _, c in (line.split("\t") for line in listed)
             if c == "flatbed200" and not n.startswith("x-") and "-sp-" not in n]
    letters = []
    while len(letters) < count:
        random.Random(seed).shuffle(names)
        for part in range(0, len(names), CHUNK):
            if len(letters) < count:
                letters += make_part(maker, work / f"seed{seed}-{part}", names[part:part + CHUNK], seed)
        seed += 1
    return letters[:count]


def render(letters, work):
    """The pages as pictures, for tesseract."""
    pictures = {}
    for path, _ in letters:
        folder = work / "pages" / path.parent.name / path.stem
        if not folder.exists():
            folder.mkdir(parents=True)
            subprocess.run(["pdftoppm", "-r", str(DPI), "-gray", "-png", path, folder / "page"], check=True)
        pictures[path] = sorted(folder.glob("*.png"))
    return pictures


# ---- who says what ----

class Score(collections.Counter):
    def judge(self, said, truth):
        self["right" if said == truth else "wrong" if said else "none"] += 1

    def __str__(self):
        return f"{self['right']} / {self['wrong']} / {self['none']}"


def search(text):
    """The first number of the IRS's in the text, as the catalogue writes it; "" if there is none."""
    found = NUMBER.search(text)
    if found is None:
        return ""
    kind = "L" if found[1].startswith("Let") or found[1] == "LTR" else found[1]
    return kind + found[2].replace(" ", "")


def read_by_irsort(program, letters, workers, work, cost):
    """One run over all of them; what it said of each file."""
    output = work / "irsort.jsonl"
    count_orphans(Cost())  # not its own
    if run([program, "read", "--json", "--workers", str(workers), *(path for path, _ in letters)], cost, output) == 2:
        sys.exit(f"{program} could not start")
    count_orphans(cost)
    said = collections.defaultdict(list)
    for line in output.read_text(encoding="utf-8").splitlines():
        letter = json.loads(line)
        said[letter["source"]["file"]].append(letter["notice"]["id"] if letter.get("status") == "identified" else "")
    missing = [str(path) for path, _ in letters if str(path) not in said]
    if missing:
        sys.exit(f"irsort did not answer on {missing[0]}")
    return {file: ids[0] if len(ids) == 1 else next(filter(None, ids), "") for file, ids in said.items()}


class Tool:
    """A rival: makes text of a letter, in which a number is searched."""

    def __init__(self, name, make_text):
        self.name = name
        self.make_text = make_text

    def race(self, letters, workers, work):
        texts = {path: work / f"{self.name}-{number}.txt" for number, (path, _) in enumerate(letters)}
        for text in texts.values():
            text.unlink(missing_ok=True)
        cost = run_all([lambda cost, p=path: self.make_text(p, texts[p], cost) for path, _ in letters], workers)
        score = Score()
        for path, truth in letters:
            text = texts[path].read_text(encoding="utf-8", errors="replace") if texts[path].exists() else ""
            score.judge(search(text), truth)
        return cost, score


def rivals(letters, work):
    """Those that are installed; what is missing is said."""
    tools = []
    missing = [name for name in ("tesseract", "pdftoppm", "ocrmypdf") if shutil.which(name) is None]
    for name in missing:
        print(f"{name} is not installed" + ("" if name == "pdftoppm" else " and takes no part"))
    if "tesseract" not in missing and "pdftoppm" not in missing:
        pictures = render(letters, work)

        def by_tesseract(path, text, cost):
            names = text.with_suffix(".list")
            names.write_text("".join(f"{picture}\n" for picture in pictures[path]), encoding="utf-8")
            run(["tesseract", names, text.with_suffix("")], cost)

        tools.append(Tool("tesseract", by_tesseract))
    if "ocrmypdf" not in missing:
        tools.append(Tool("ocrmypdf", lambda path, text, cost: run(
            ["ocrmypdf", "--quiet", "--jobs", "1", "--sidecar", text, path, text.with_suffix(".pdf")], cost)))
    return tools


# ---- the heats ----

class Heat:
    """One line of the table."""

    def __init__(self, tool, what, count, cost, score):
        self.tool, self.what, self.count, self.cost, self.score = tool, what, count, cost, score

    @property
    def cpu(self):
        return self.cost.cpu / self.count

    @property
    def wall(self):
        return self.cost.wall / self.count


def race_irsort(call, work, letters, workers):
    cost = Cost()
    begin = time.monotonic()
    said = read_by_irsort(call.program, letters, workers, work, cost)
    cost.wall = time.monotonic() - begin
    score = Score()
    for path, truth in letters:
        score.judge(said[str(path)], truth)
    return cost, score


def race_cold(call, work, letters):
    total, all_scores = Cost(), Score()
    for letter in letters:
        cost, score = race_irsort(call, work, [letter], 1)
        total.cpu += cost.cpu
        total.wall += cost.wall
        total.peak = max(total.peak, cost.peak)
        all_scores.update(score)
    return total, all_scores


def tell(text):
    print(text, flush=True)


def print_table(heats):
    tell("\n| who | what | letters measured | right / wrong / none | CPU s a letter | wall s a letter | peak MB | CPU, irsort = 1 |")
    tell("|---|---|---|---|---|---|---|---|")
    base = {heat.what: heat.cpu for heat in heats if heat.tool == "irsort"}
    for heat in heats:
        ratio = f"{heat.cpu / base[heat.what]:.1f}"
        tell(f"| {heat.tool} | {heat.what} | {heat.count} | {heat.score} | {heat.cpu:.2f} | {heat.wall:.2f} | "
             f"{heat.cost.peak:.0f} | {ratio} |")


def draw(heats, path):
    """Bars of CPU seconds a letter."""
    colours = {"irsort": "#0b6e4f", "tesseract": "#8a8f98", "ocrmypdf": "#b9bdc4"}
    left, wide, row = 190, 420, 26
    most = max(heat.cpu for heat in heats)
    lines = []
    y = 62
    for what in dict.fromkeys(heat.what for heat in heats):
        lines.append(f'<text x="16" y="{y + 12}" font-weight="600">{what}</text>')
        y += 22
        for heat in (h for h in heats if h.what == what):
            width = max(wide * heat.cpu / most, 1)
            lines.append(f'<text x="{left - 8}" y="{y + 14}" text-anchor="end">{heat.tool}</text>')
            lines.append(f'<rect x="{left}" y="{y}" width="{width:.1f}" height="18" rx="2" fill="{colours[heat.tool]}"/>')
            lines.append(f'<text x="{left + width + 6:.1f}" y="{y + 14}">{heat.cpu:.2f} s</text>')
            y += row
        y += 12
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 {y + 8}" font-family="sans-serif" font-size="13" fill="#222">\n'
        f'<rect width="720" height="{y + 8}" fill="#fff"/>\n'
        '<text x="16" y="26" font-size="16" font-weight="600">CPU seconds to tell which letter it is</text>\n'
        '<text x="16" y="45" fill="#555">a letter of four full pages, 300 dpi grey; shorter is better</text>\n'
        + "\n".join(lines) + "\n</svg>\n", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", nargs="?", default=HERE / "build/release/irsort", metavar="PROGRAM")
    parser.add_argument("maker", nargs="?", default=HERE / "build/check/fixtures/irsort-fixtures", metavar="MAKER")
    parser.add_argument("--batch", type=int, default=200, help="letters that irsort reads; 200 if not given")
    parser.add_argument("--letters", type=int, default=10,
                        help="letters of the batch that the others read, some 30 CPU seconds each, twice; 0: irsort alone")
    parser.add_argument("--long", action="store_true", help=f"look whether memory grows over {LONG:,} letters")
    parser.add_argument("--svg", type=pathlib.Path, help="draw a chart into this file")
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path("/tmp/irsort-race"),
                        help="where letters and pictures are kept for the next run; 1 GB for all")
    parser.add_argument("--seed", type=int, default=1)
    call = parser.parse_args()
    if call.batch < 2 or not 0 <= call.letters <= call.batch:
        parser.error("a batch of at least 2, and no more letters than those")
    adopt_orphans()
    call.work.mkdir(parents=True, exist_ok=True)
    letters = make_letters(call.maker, call.work, call.batch, call.seed)
    some = letters[:call.letters]
    tools = rivals(some, call.work) if some else []
    tell(f"{os.cpu_count()} processors; load average {os.getloadavg()[0]:.1f} before the race")

    cold = some or letters[:COLD]
    heats = [Heat("irsort", "one cold letter", len(cold), *race_cold(call, call.work, cold))]
    batches = {}
    raced = {}
    for workers in (1, 2):
        batches[workers] = race_irsort(call, call.work, letters, workers)
        for tool in tools:
            raced[tool, workers] = tool.race(some, workers, call.work)
    # they start anew for each letter, in a batch too
    heats += [Heat(tool.name, "one cold letter", len(some), *raced[tool, 1]) for tool in tools]
    for workers in (1, 2):
        what = f"{call.batch} letters, {workers} worker" + ("s" if workers > 1 else "")
        heats.append(Heat("irsort", what, call.batch, *batches[workers]))
        heats += [Heat(tool.name, what, len(some), *raced[tool, workers]) for tool in tools]
    print_table(heats)

    one, two = batches[1][0], batches[2][0]
    half, _ = race_irsort(call, call.work, letters[:call.batch // 2], 1)
    tell(f"\ntwice as many letters ({call.batch // 2} and {call.batch}): {one.cpu / half.cpu:.2f} times the CPU, "
         f"{one.wall / half.wall:.2f} times the wall time")
    tell(f"two workers: {two.wall / one.wall:.2f} of one worker's wall time, {two.cpu / one.cpu:.2f} of its CPU")
    if call.long:
        many = (letters * (LONG // len(letters) + 1))[:LONG]
        cost, _ = race_irsort(call, call.work, many, 2)
        tell(f"memory: {two.peak:.0f} MB at the peak over {call.batch} letters, {cost.peak:.0f} MB over {LONG:,}")
    if call.svg:
        draw(heats, call.svg)
        tell(f"chart: {call.svg}")
    wrong = sum(score["wrong"] for _, score in batches.values())
    sys.exit(f"irsort took {wrong} letters for another" if wrong else 0)


if __name__ == "__main__":
    main()
