#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Learns what is in models/ from fixtures. models/README.md says what the numbers mean.

usage: models/learn.py make FOLDER --seed N [--every K --from I] [--only GLOB]...   fixtures, read once, their words kept
       models/learn.py confusions FOLDER...                     writes models/confusions.tsv
       models/learn.py confidence --fit FOLDER... --test FOLDER...
                                     writes models/confidence.tsv, models/scores.tsv and docs/reliability.svg

Needs a build with tests (cmake --preset check); IRSORT_BUILD names another folder than build/check."""
import argparse
import collections
import csv
import fnmatch
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
BUILD = pathlib.Path(os.environ.get("IRSORT_BUILD", ROOT / "build" / "check"))
MAKER = BUILD / "fixtures" / "irsort-fixtures"
OBSERVE = BUILD / "models" / "irsort-observe"
PROGRAM = BUILD / "irsort"
CHUNK = 24          # fixtures a call: a call's scans are dropped before the next are made

PRIOR_SHARE = 0.1   # of the prior's counts: each character starts as if 1,000 of it had been seen
NEAR = 2            # a reading further than that from every number of the letter is no reading of it

TRAITS = ("base", "odds", "words", "number", "prints", "sender", "margin", "against")
RIDGE = 1.0         # pull of the weights towards 0, in letters
STEPS = 60          # of Newton's method: it stands still after some ten
BLIND = 0.25        # weight of a letter whose number was hidden: far fewer come so, and there are as many in the sample
BINS = 10           # of equal width, as is usual for the expected calibration error


# ---- making ----

def make(wanted):
    folder = wanted.folder
    folder.mkdir(parents=True, exist_ok=True)
    listed = subprocess.run([MAKER, "--list"], check=True, stdout=subprocess.PIPE, text=True).stdout.splitlines()
    names = [line.split("\t")[0] for line in listed]
    if wanted.only:
        names = [n for n in names if any(fnmatch.fnmatch(n, g) for g in wanted.only)]
    names = names[wanted.start % wanted.every::wanted.every]
    truth = folder / "truth.tsv"
    for at in range(0, len(names), CHUNK):
        with tempfile.TemporaryDirectory(dir=folder) as part:
            only = [word for name in names[at:at + CHUNK] for word in ("--only", name)]
            subprocess.run([MAKER, "--out", part, "--seed", str(wanted.seed), *only], check=True, stdout=subprocess.DEVNULL)
            head, *rows = pathlib.Path(part, "truth.tsv").read_text(encoding="utf-8").splitlines()
            files = sorted({row.split("\t")[0] for row in rows})
            for file in files:
                pathlib.Path(part, file).rename(folder / file)
            subprocess.run([OBSERVE, "read", folder, *files], check=True, env={**os.environ, "OMP_THREAD_LIMIT": "1"})
            for file in files:
                (folder / file).unlink()
            known = truth.read_text(encoding="utf-8").splitlines() if truth.exists() else [head]
            truth.write_text("\n".join(known + [r for r in rows if r not in known]) + "\n", encoding="utf-8")


# ---- what was seen ----

def letters(folder, way="weigh"):
    """(row of the truth, letter as weighed) for each letter that was split off as it should be. `way` is "weigh", or "blind":
    as if the number had been torn off, and only of letters that were read to their end."""
    with open(folder / "truth.tsv", encoding="utf-8") as truth:
        rows = list(csv.DictReader(truth, delimiter="\t"))
    files = sorted({row["file"] for row in rows})
    weighed = collections.defaultdict(list)
    for at in range(0, len(files), 200):
        lines = subprocess.run([OBSERVE, way, folder, *files[at:at + 200]], check=True, stdout=subprocess.PIPE)
        for line in lines.stdout.decode().splitlines():
            letter = json.loads(line)
            weighed[letter["file"]].append(letter)
    for row in rows:
        found = weighed[row["file"]]
        if row["pages"].count("-"):
            found = [letter for letter in found if letter["source"]["pages"][0] == int(row["pages"].split("-")[0])]
        if len(found) == 1:
            yield row, found[0]


def catalogue():
    lines = subprocess.run([PROGRAM, "notices", "--json"], check=True, stdout=subprocess.PIPE).stdout.decode().splitlines()
    return {notice["id"]: notice["numbers"] for notice in map(json.loads, lines)}


# ---- confusions ----

def characters(text):
    """The number in what was read, as src/letter/number.c takes it."""
    text = text.split("(")[0].upper()
    for mark in "\u00a2\u00a9\u20ac\u20b5\u00c7":
        text = text.replace(mark, "C")
    text = "".join(c for c in text if not c.isspace() and c not in "-\u2010\u2011\u2013\u2014")
    while text and not text[0].isalnum():
        text = text[1:]
    return text.rstrip(".,:;_")


def align(printed, read):
    """Cost and steps (printed, read) of the cheapest alignment; "" is nothing."""
    best = {(0, 0): (0, [])}
    for p in range(len(printed) + 1):
        for r in range(len(read) + 1):
            ways = []
            if p and r:
                cost, steps = best[p - 1, r - 1]
                ways.append((cost + (printed[p - 1] != read[r - 1]), steps + [(printed[p - 1], read[r - 1])]))
            if p:
                cost, steps = best[p - 1, r]
                ways.append((cost + 1, steps + [(printed[p - 1], "")]))
            if r:
                cost, steps = best[p, r - 1]
                ways.append((cost + 1, steps + [("", read[r - 1])]))
            if ways:
                best[p, r] = min(ways, key=lambda way: way[0])
    return best[len(printed), len(read)]


def confusions(wanted):
    numbers = catalogue()
    counts = collections.Counter()
    seen = 0
    prints = 0
    for folder in wanted.folders:
        for row, letter in letters(folder):
            truth = row["id"].removeprefix("irs-unlisted:").removeprefix("Letter ").removeprefix("LTR ").replace("-", "")
            own = [n[1:] if n[0] == "L" and n[1].isdigit() else n for n in numbers.get(truth, [truth])]
            used = 0
            for evidence in letter["evidence"]:
                read = characters(evidence["text"])
                if evidence["kind"] != "number" or "/" in evidence["text"] or not all(" " < c <= "~" for c in read):
                    continue
                cost, steps = min((align(number, read) for number in own), key=lambda way: way[0])
                if cost <= NEAR and cost < len(read) / 2:
                    counts.update(steps)
                    used += 1
            seen += used > 0
            prints += used
    total = sum(n for (printed, _), n in counts.items() if printed)
    wrong = sum(n for (printed, read), n in counts.items() if printed != read)
    for line in (ROOT / "models" / "confusions-prior.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("# "):
            printed, read, count = line.split("\t")
            counts[printed.strip("-"), read.strip("-")] += float(count) * PRIOR_SHARE
    with open(ROOT / "models" / "confusions.tsv", "w", encoding="utf-8") as out:
        print("# How often OCR reads one character as another: printed<TAB>read<TAB>count. \"-\" is nothing: a character lost, or made up.",
              f"# Counted by: models/learn.py confusions {' '.join(f.name for f in wanted.folders)}",
              f"# {seen} letters, {prints} prints of a number, {total} characters, {wrong} of them misread, lost or made up; and a tenth of",
              "# confusions-prior.tsv besides.", sep="\n", file=out)
        for (printed, read), count in sorted(counts.items(), key=lambda item: (item[0][0] or "~", -item[1], item[0][1])):
            print(printed or "-", read or "-", f"{count:.1f}".removesuffix(".0"), sep="\t", file=out)
    print(f"{seen} letters, {prints} prints, {total} characters, {wrong} wrong")


# ---- confidence ----

def scores(folders):
    """[(name, traits, whether the likeliest listed notice is the right one)]"""
    rows = []
    for folder, way in ((folder, way) for folder in folders for way in ("weigh", "blind")):
        for row, letter in letters(folder, way):
            if letter["status"] not in ("blank", "unreadable") and row["id"] != "review": # which has no right answer
                name = f"{folder.name}/{row['file'].rsplit('.', 1)[0]}{'/blind' if way == 'blind' else ''}"
                rows.append((name, [letter["traits"][t] for t in TRAITS], letter["best"] == row["id"]))
    return rows


def probability(weights, traits):
    return 1 / (1 + math.exp(-max(-60.0, min(60.0, sum(w * t for w, t in zip(weights, traits))))))


def solve(matrix, vector):
    """Gauss, with pivots."""
    size = len(vector)
    rows = [list(matrix[i]) + [vector[i]] for i in range(size)]
    for i in range(size):
        pivot = max(range(i, size), key=lambda k: abs(rows[k][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        for k in range(size):
            if k != i:
                factor = rows[k][i] / rows[i][i]
                rows[k] = [a - factor * b for a, b in zip(rows[k], rows[i])]
    return [rows[i][size] / rows[i][i] for i in range(size)]


def fit(rows):
    """The weights of all traits. What speaks for a letter must not be made to speak against it by an accident of the
    sample: a trait whose weight comes out on the wrong side is left out (0), the worst first."""
    used = list(range(len(TRAITS)))
    while True:
        weights = fit_some([(name, [traits[i] for i in used], right) for name, traits, right in rows])
        sides = [w * (-1 if TRAITS[i] == "against" else 1) for i, w in zip(used, weights)]
        worst = min(range(1, len(used)), key=lambda k: sides[k])
        if sides[worst] >= 0:
            return [weights[used.index(i)] if i in used else 0.0 for i in range(len(TRAITS))]
        del used[worst]


def fit_some(rows):
    """Logistic regression with a ridge on all weights but the first (the base), by Newton's method."""
    size = len(rows[0][1])
    weights = [0.0] * size
    for _ in range(STEPS):
        gradient = [-RIDGE * w if i else 0.0 for i, w in enumerate(weights)]
        curve = [[(RIDGE if i == k and i else 1e-9 if i == k else 0.0) for k in range(size)] for i in range(size)]
        for name, traits, right in rows:
            p = probability(weights, traits)
            share = BLIND if name.endswith("/blind") else 1.0
            for i in range(size):
                gradient[i] += share * traits[i] * (right - p)
                for k in range(size):
                    curve[i][k] += share * traits[i] * traits[k] * p * (1 - p)
        step = solve(curve, gradient)
        longest = max(abs(s) for s in step)
        weights = [w + s * min(1.0, 2.0 / longest if longest else 1.0) for w, s in zip(weights, step)]
        if longest < 1e-9:
            break
    return weights


def split(rows):
    """As they come, and with the number hidden."""
    return ([row for row in rows if not row[0].endswith("/blind")], [row for row in rows if row[0].endswith("/blind")])


def bins_of(weights, rows):
    """For each bin: letters, mean probability, share that was right."""
    groups = collections.defaultdict(list)
    for _, traits, right in rows:
        p = probability(weights, traits)
        groups[min(BINS - 1, int(p * BINS))].append((p, right))
    return {b: (len(g), sum(p for p, _ in g) / len(g), sum(r for _, r in g) / len(g)) for b, g in sorted(groups.items())}


def calibration_error(bins):
    total = sum(n for n, _, _ in bins.values())
    return sum(n * abs(said - was) for n, said, was in bins.values()) / total


def plot(bins, error, count):
    """A reliability plot: what was said against what was so; the area of a disc is the number of letters."""
    side, left, top = 320, 60, 40
    def x(value): return left + side * value
    def y(value): return top + side * (1 - value)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + side + 40}" height="{top + side + 60}" font-family="sans-serif" font-size="12">',
           '<rect width="100%" height="100%" fill="white"/>',
           f'<text x="{left}" y="20">Confidence against truth: {count} letters not used in fitting, error {error:.4f}</text>']
    for tick in range(0, 11, 2):
        out.append(f'<path d="M{x(tick / 10)} {y(0)}V{y(1)}M{x(0)} {y(tick / 10)}H{x(1)}" stroke="#ddd"/>')
        out.append(f'<text x="{x(tick / 10)}" y="{y(0) + 16}" text-anchor="middle">{tick / 10}</text>')
        out.append(f'<text x="{x(0) - 8}" y="{y(tick / 10) + 4}" text-anchor="end">{tick / 10}</text>')
    out.append(f'<path d="M{x(0)} {y(0)}L{x(1)} {y(1)}" stroke="#888" stroke-dasharray="4 3"/>')
    for n, said, was in bins.values():
        radius = max(3.0, math.sqrt(n) * 1.2)
        out.append(f'<circle cx="{x(said):.1f}" cy="{y(was):.1f}" r="{radius:.1f}" fill="#2a6fb0" fill-opacity="0.55"><title>'
                   f'{n} letters, said {said:.3f}, right {was:.3f}</title></circle>')
        out.append(f'<text x="{x(said):.1f}" y="{y(was) - radius - 3:.1f}" text-anchor="middle" font-size="10">{n}</text>')
    out.append(f'<text x="{x(0.5)}" y="{y(0) + 36}" text-anchor="middle">confidence that irsort gave</text>')
    out.append(f'<text transform="translate(18 {y(0.5)}) rotate(-90)" text-anchor="middle">share that was right</text></svg>')
    (ROOT / "docs" / "reliability.svg").write_text("\n".join(out) + "\n", encoding="utf-8")


def confidence(wanted):
    fitting = scores(wanted.fit)
    testing = scores(wanted.test)
    weights = fit(fitting)
    weights = [float(f"{w:.4f}") for w in weights]
    plain, blind = split(testing)
    bins = bins_of(weights, plain)
    error = calibration_error(bins)
    error_blind = calibration_error(bins_of(weights, blind))
    with open(ROOT / "models" / "confidence.tsv", "w", encoding="utf-8") as out:
        print("# How what was found on a letter becomes a probability: trait<TAB>weight (log odds). See README.md.",
              f"# Fitted by: models/learn.py confidence --fit {' '.join(f.name for f in wanted.fit)} --test "
              f"{' '.join(f.name for f in wanted.test)}",
              f"# {len(fitting)} letters fitted. Expected calibration error on {len(plain)} others: {error:.4f}; on {len(blind)} of them with",
              f"# their numbers hidden: {error_blind:.4f}. See scores.tsv.", sep="\n", file=out)
        for trait, weight in zip(TRAITS, weights):
            print(trait, weight, sep="\t", file=out)
    with open(ROOT / "models" / "scores.tsv", "w", encoding="utf-8") as out:
        print("# Letters not used in fitting, as they come and with their numbers hidden (/blind): what was found, and whether the",
              "likeliest notice was the right one. See README.md.", file=out)
        print("letter", "right", *TRAITS, sep="\t", file=out)
        for name, traits, right in testing:
            print(name, int(right), *(f"{t:.4g}" for t in traits), sep="\t", file=out)
    plot(bins, error, len(plain))
    for name, rows in zip(("fitted", "fitted, blind", "tested", "tested, blind"), (*split(fitting), plain, blind)):
        print(f"{name}: {len(rows)} letters, expected calibration error {calibration_error(bins_of(weights, rows)):.4f}")
        for b, (n, said, was) in bins_of(weights, rows).items():
            print(f"  {b / BINS:.1f}-{(b + 1) / BINS:.1f}: {n:4} letters, said {said:.3f}, right {was:.3f}")
    for name, traits, right in testing:
        p = probability(weights, traits)
        if p > 0.98 and not right or p < 0.02 and right:
            print(f"  surely wrong: {name} {p:.4f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    tasks = parser.add_subparsers(dest="task", required=True)
    task = tasks.add_parser("make")
    task.add_argument("folder", type=pathlib.Path)
    task.add_argument("--seed", type=int, required=True)
    task.add_argument("--every", type=int, default=1)
    task.add_argument("--from", dest="start", type=int, default=0)
    task.add_argument("--only", action="append")
    task = tasks.add_parser("confusions")
    task.add_argument("folders", type=pathlib.Path, nargs="+")
    task = tasks.add_parser("confidence")
    task.add_argument("--fit", type=pathlib.Path, nargs="+", required=True)
    task.add_argument("--test", type=pathlib.Path, nargs="+", required=True)
    wanted = parser.parse_args()
    {"make": make, "confusions": confusions, "confidence": confidence}[wanted.task](wanted)


if __name__ == "__main__":
    sys.exit(main())
