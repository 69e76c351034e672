#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Makes bad files by rule and reads each: it must end as a visible result with a reason, within 30 s and 1 GiB.

usage: tests/hostile/shelf.py PROGRAM SOURCE [--long]    (--long: all of them; else every eighth)

What became of them is held to the table in docs/untrusted-paper.md: each class is there with its number of files, and with
each outcome that was seen."""
import json
import pathlib
import random
import resource
import struct
import subprocess
import sys
import tempfile
import time
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
from errors import locked_pdf, pages_pdf, pdf, png  # noqa: E402

SECONDS_MAX = 30  # of the processor: the clock also runs for whatever else the machine does, …
WALL_MAX = 90  # … but what waits for nothing waits longer than this
BYTES_MAX = 1 << 30
SHARE = 8


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def rows_png(width, height, depth, colour, row):
    packer = zlib.compressobj(1)
    data = b"".join(packer.compress(b"\0" + row(y)) for y in range(height)) + packer.flush()
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)) +
            chunk(b"IDAT", data) + chunk(b"IEND", b""))


def tiff(entries, data=b"", following=0, place=8):
    """A little-endian TIFF of one directory; `following` is where it says that the next one is."""
    out = b"II*\0" + struct.pack("<I", place) + struct.pack("<H", len(entries))
    for tag, kind, count, value in sorted(entries):
        out += struct.pack("<HHII", tag, kind, count, value)
    return out + struct.pack("<I", following) + data


def bare_tiff(width, height, rows=None, bits=1, following=0, compression=1):
    data = b"\xff" * (100 if rows is None else rows)
    place = 8 + 2 + 9 * 12 + 4
    return tiff([(256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, bits), (259, 3, 1, compression), (262, 3, 1, 1),
                 (273, 4, 1, place), (277, 3, 1, 1), (278, 4, 1, height), (279, 4, 1, len(data))], data, following)


def content_pdf(content, extra=b"", more=()):
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R %s >>" % extra
    return pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>", page, content, *more])


def stream(data, extra=b""):
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(data), extra, data)


def flate(data, times=1):
    for _ in range(times):
        data = zlib.compress(data, 9)
    return stream(data, b"/Filter [%s]" % (b"/FlateDecode " * times))


def cut(whole):
    """At every percent."""
    for name, data in whole.items():
        for percent in range(1, 100, 1 if name.endswith(".pdf") else 2):
            yield f"cut-{percent:02}-{name}", data[:len(data) * percent // 100]


def flipped(whole):
    draw = random.Random(5)
    for name, data in whole.items():
        for turn in range(40):
            spoilt = bytearray(data)
            for _ in range(draw.choice((1, 4, 64, 512))):
                spoilt[draw.randrange(len(spoilt))] ^= 1 << draw.randrange(8)
            yield f"flip-{turn:02}-{name}", bytes(spoilt)


def misnamed(whole):
    for name, data in whole.items():
        for ending in ("pdf", "png", "jpg", "tif", "heic", "webp", "txt", "exe"):
            yield f"wrong-{name.replace('.', '-')}.{ending}", data


def oddly_named(whole):
    data = next(iter(whole.values()))[:5000]
    for number, name in enumerate(("-rf", "--json", " ", "a\nb", "a\tb", "\x1b[2J", "$(id)", "`id`", "%s%n", "'\"", "ü" * 80, "x" * 250,
                                   b"\xff\xfe".decode("utf-8", "surrogateescape"), "‮fdp.exe", "con", "..pdf", "*", "\\")):
        yield name, data + bytes([number])


def bombs():
    zeros = bytes(40 << 20)
    yield "bomb-content.pdf", content_pdf(flate(zeros))
    yield "bomb-twice.pdf", content_pdf(flate(zeros * 10, 2))
    yield "bomb-text.pdf", content_pdf(flate(b"0 0 m 9 9 l S " * 3000000))
    yield "bomb-saves.pdf", content_pdf(flate(b"q " * 5000000))
    for width, height, depth, colour in ((30000, 5000, 8, 0), (12247, 12247, 8, 2), (10000, 9000, 8, 2), (9000, 9000, 8, 6),
                                         (6000, 6000, 16, 6), (12000, 12500, 1, 0)):
        length = {0: 1, 2: 3, 6: 4}[colour] * depth * width // 8
        yield f"bomb-{width}x{height}-{depth}-{colour}.png", rows_png(width, height, depth, colour, lambda y: bytes(length))
    yield "bomb-chunk.png", png(100, 100, rows=0) + chunk(b"zTXt", b"k\0\0" + zlib.compress(zeros))
    picture = b"/Type /XObject /Subtype /Image /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /FlateDecode"
    for side in (5000, 12000, 60000):
        data = zlib.compress(bytes(min(side * side * 3, 100 << 20)), 9)
        yield f"bomb-picture-{side}.pdf", content_pdf(
            stream(b"612 0 0 792 0 0 cm /I Do"), b"/Resources << /XObject << /I 5 0 R >> >>",
            (stream(data, picture + b" /Width %d /Height %d" % (side, side)),))


def grids():
    for step in (2, 3, 4, 6, 8, 12, 16, 32):
        side = 12000
        row = bytes(sum((0x80 >> bit) * ((8 * byte + bit) % step == 0) for bit in range(8)) ^ 0xFF for byte in range(side // 8))
        blank = b"\xff" * (side // 8)
        yield f"grid-{step}.png", rows_png(side, side, 1, 0, lambda y, row=row, blank=blank, step=step: blank if y % step else row)
    draw = random.Random(7)
    for side in (1700, 5000):
        yield f"noise-{side}.png", rows_png(side, side, 1, 0, lambda y, side=side: draw.randbytes((side + 7) // 8))


def loops():
    yield "loop-pages.pdf", pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 1 /Kids [2 0 R] >>"])
    yield "loop-parent.pdf", pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 1 /Kids [3 0 R] /Parent 3 0 R >>",
                                  b"<< /Type /Page /Parent 3 0 R /MediaBox [0 0 612 792] >>"])
    form = b"/Type /XObject /Subtype /Form /BBox [0 0 612 792] /Resources << /XObject << /F 5 0 R >> >>"
    yield "loop-form.pdf", content_pdf(stream(b"/F Do"), b"/Resources << /XObject << /F 5 0 R >> >>", (stream(b"/F Do /F Do", form),))
    forms = [stream(b"/F Do " * 12, form.replace(b"5 0 R", b"%d 0 R" % (6 + i))) for i in range(9)] + [stream(b"0 0 9 9 re f", form)]
    yield "laughs.pdf", content_pdf(stream(b"/F Do"), b"/Resources << /XObject << /F 5 0 R >> >>", forms)
    yield "loop-length.pdf", content_pdf(b"<< /Length 4 0 R >>\nstream\nq Q\nendstream")
    yield "loop-reference.pdf", content_pdf(b"4 0 R")
    yield "deep-lists.pdf", content_pdf(stream(b"[" * 200000))
    yield "deep-objects.pdf", content_pdf(b"[" * 100000 + b"]" * 100000)
    yield "loop.tif", bare_tiff(100, 100, 1300, following=8)
    yield "endless.tif", bare_tiff(100, 100, 1300, following=0xFFFFFF00)


def sizes():
    for count in (0, 1999, 2000, 2001, 10000):
        yield f"pages-{count}.pdf", pdf(pages_pdf(count))
    for claimed in (-1, 0, 2**31 - 1, 10**12):
        yield f"claims-{claimed}.pdf", pdf([b"<< /Type /Catalog /Pages 2 0 R >>",
                                            b"<< /Type /Pages /Count %d /Kids [] >>" % claimed])
    for width, height in ((0, 0), (0, 9), (1, 1), (1, 30000), (30000, 1), (65535, 65535), (2**31 - 1, 2**31 - 1), (2**32 - 1, 1)):
        yield f"size-{width}-{height}.png", png(width, height, rows=1) if width < 10**6 else png(9, 9).replace(
            struct.pack(">II", 9, 9), struct.pack(">II", width, height))
        yield f"size-{width}-{height}.tif", bare_tiff(width, height)
        yield f"size-{width}-{height}.pgm", b"P5 %d %d 255\n" % (width, height) + bytes(99)
    for box in (b"0 0 0 0", b"0 0 1 1", b"0 0 1e9 1e9", b"0 0 99999 1", b"nan 0 1 1", b"612 792 0 0", b"-1e38 -1e38 1e38 1e38"):
        yield f"box-{box.decode().replace(' ', '_')}.pdf", pdf(pages_pdf(1)).replace(b"0 0 612 792", box)
    for compression in (2, 3, 4, 5, 6, 7, 8, 32773, 34661, 34712, 65000):
        yield f"compression-{compression}.tif", bare_tiff(1700, 2200, 2000, compression=compression)


def oddities(whole):
    yield "locked.pdf", locked_pdf()
    yield "empty.pdf", b""
    yield "script.pdf", pdf([b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (for(;;);) >> >>"] + pages_pdf(1)[1:])
    yield "launch.pdf", pdf([b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /Launch /F (/bin/sh) >> >>"] + pages_pdf(1)[1:])
    yield "xfa.pdf", pdf([b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /XFA (<!DOCTYPE x SYSTEM 'file:///etc/passwd'>) >> >>"] +
                         pages_pdf(1)[1:])
    items = list(whole.items())
    for first, one in items:
        for second, other in items:
            if first != second:
                yield f"polyglot-{first}-{second}", one + other
    for head in (b"%PDF-1.7\n", b"\x89PNG\r\n\x1a\n", b"II*\0", b"MM\0*", b"\xff\xd8\xff\xe0", b"RIFF\xff\xff\xff\xffWEBPVP8 ",
                 b"\0\0\0\x18ftypheic", b"P4\n", b"P6\n", b"P7\n", b"II+\0\x08\0\0\0", b"GIF89a", b"PK\3\4", b"\x7fELF", b"#!/bin/sh\n"):
        for tail in (b"", bytes(5000), b"\xff" * 5000, random.Random(3).randbytes(5000)):
            yield f"head-{head[:8].hex()}-{len(tail)}-{tail[:1].hex()}", head + tail


def shelf(source):
    examples = source / "fixtures/examples"
    whole = {name: (examples / name).read_bytes() for name in ("lt11.pdf", "cp504-spanish.tif")}
    small = {"page.png": png(850, 1100), "blank.pdf": pdf(pages_pdf(2))}
    return {"cut short": cut({**whole, **small}), "bits flipped": flipped({**whole, **small}), "wrong endings": misnamed({**whole, **small}),
            "odd names": oddly_named(small), "bombs": bombs(), "grids and noise": grids(), "loops": loops(), "sizes": sizes(),
            "oddities": oddities({**whole, **small})}


def read(program, folder, name):
    """The reasons given, seconds of the processor, bytes; None and a fault where it is none."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    run = subprocess.run([program, "read", "--json", "./" + name], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    reasons = []
    for line in run.stdout.decode().splitlines():
        record = json.loads(line)
        reasons.append(record["error"]["code"] if "error" in record else record["status"])
        if "error" in record and not record["error"]["message"]:
            return None, "an error without words", seconds
    if not reasons or run.returncode not in (0, 1):
        return None, f"status {run.returncode}, said {run.stderr[:200]!r}", seconds
    if seconds > SECONDS_MAX or wall > WALL_MAX:
        return None, f"{seconds:.1f} s ({wall:.1f} s on the clock): {reasons}", seconds
    return reasons, None, seconds


def told(source):
    """Of each class in the table of the docs: how many files, and which outcomes."""
    rows = {}
    text = (source / "docs/untrusted-paper.md").read_text(encoding="utf-8").split("## The hostile shelf")[1]
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and cells[1].isdigit():
            rows[cells[0]] = int(cells[1]), {part.rsplit(" ", 1)[0] for part in cells[2].split(", ")}
    return rows


def main():
    program, source = str(pathlib.Path(sys.argv[1]).resolve()), pathlib.Path(sys.argv[2])
    long = "--long" in sys.argv
    total, faults, rows = 0, [], told(source)
    print("| class | files | what became of them | longest, s of processor |\n|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for kind, files in shelf(source).items():
            counts, longest, number = {}, 0.0, 0
            place = -1
            for place, (name, data) in enumerate(files):
                if not long and place % SHARE != 0:
                    continue
                path = pathlib.Path(folder, name)
                path.write_bytes(data)
                reasons, fault, seconds = read(program, folder, name)
                path.unlink()
                number += 1
                longest = max(longest, seconds)
                if fault:
                    faults.append(f"{name!r}: {fault}")
                for reason in set(reasons or []):
                    counts[reason] = counts.get(reason, 0) + 1
            total += number
            if kind not in rows or rows[kind][0] != place + 1:
                faults.append(f"the docs do not tell of {place + 1} files of the class {kind!r}")
            elif set(counts) - rows[kind][1]:
                faults.append(f"the docs do not tell that {kind!r} ended as {', '.join(set(counts) - rows[kind][1])}")
            said = ", ".join(f"{reason} {count}" for reason, count in sorted(counts.items(), key=lambda item: -item[1]))
            print(f"| {kind} | {number} | {said} | {longest:.1f} |", flush=True)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss << 10
    print(f"\n{total} files; at the most {peak >> 20} MiB")
    if peak > BYTES_MAX:
        faults.append(f"{peak >> 20} MiB were taken")
    if long and total < 400:
        faults.append(f"only {total} files")
    sys.exit("\n".join(faults) if faults else 0)


if __name__ == "__main__":
    main()
