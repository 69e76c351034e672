#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A letter with a marker in every field goes through everything that irsort does with letters, well and badly. Then every
byte that was written anywhere is searched: a full taxpayer number may be nowhere, a name or an address only in the scan, and
what else the letter says only in the record and in the export that was asked for. What was written is for its owner only, and
nothing is left lying about.

usage: tests/e2e/privacy.py PROGRAM"""
import os
import pathlib
import re
import resource
import signal
import stat
import subprocess
import sys
import tempfile
import time
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from errors import pages_pdf, pdf  # noqa: E402

# Invented, and found nowhere else. Taxpayer numbers that begin with 9 and 00 are given to nobody.
NUMBERS = {"SSN": "912-34-8765", "EIN": "00-7219438"}
PERSON = {"name": "QUILLONA", "street": "VERMILLOAK", "caller": "738261", "reference": "5093317742"}
VALUES = {"amount": "8391.57", "last four": "8765", "phone": "800-555-0173"}  # as they stand in the record
LINES = (
    (60, 740, 11, "Department of the Treasury"), (60, 725, 11, "Internal Revenue Service"), (60, 710, 11, "Ogden, UT 84201-0039"),
    (360, 740, 11, "Notice                         CP504"), (360, 725, 11, "Notice date              January 13, 2025"),
    (360, 710, 11, f"Social Security number  {NUMBERS['SSN']}"), (360, 695, 11, f"Employer ID number  {NUMBERS['EIN']}"),
    (360, 680, 11, "To contact us           800-555-0173"), (360, 665, 11, f"Your Caller ID          {PERSON['caller']}"),
    (60, 640, 11, f"{PERSON['name']} TESTPERSON"), (60, 625, 11, f"14 {PERSON['street']} LANE"), (60, 610, 11, "NOWHERE, KS 66002-0001"),
    (60, 560, 18, "Notice of intent to levy"), (60, 538, 13, "Amount due immediately: $8,391.57"),
    (60, 510, 11, f"{PERSON['name']}, we have not received the payment of your overdue taxes for 2022."),
    (60, 495, 11, "This is a notice of intent to levy your state tax refund or other property."),
    (60, 480, 11, f"Our records for {NUMBERS['SSN']} and {NUMBERS['EIN']} show what you owe."),
    (60, 465, 11, f"Reply reference {PERSON['reference']}."), (60, 60, 11, "Notice CP504 (Rev. 2-2024)"),
)
WAIT = 300


def letter_pdf():
    text = b"".join(b"BT /F %d Tf %d %d Td (%s) Tj ET\n" % (size, x, y, line.encode()) for x, y, size, line in LINES)
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>"
    return pdf([*pages_pdf(1)[:2], page, b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text), font])


def digits(number):
    return re.sub(r"\D", "", number)


class Tester:
    def __init__(self, program, folder):
        self.program, self.folder, self.faults = program, folder, []
        for name in ("home", "tmp", "data", "here"):
            (folder / name).mkdir(mode=0o700)
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(folder / "home"), "TMPDIR": str(folder / "tmp"),
                            "XDG_DATA_HOME": str(folder / "data"), "LC_ALL": "C.UTF-8"}
        self.scan = folder / "here/letter.pdf"
        self.scan.write_bytes(letter_pdf())
        self.began = time.time()

    def fault(self, *what):
        self.faults.append(" ".join(str(part) for part in what))

    def elsewhere(self):
        """New files with something of the letter where nobody told it to write; other programs write there too."""
        for place in ("/tmp", "/var/tmp", "/dev/shm"):
            for path in pathlib.Path(place).iterdir():
                try:
                    status = path.lstat()
                    if stat.S_ISREG(status.st_mode) and status.st_mtime >= self.began - 1 and status.st_size < 1 << 24:
                        data = path.read_bytes()
                        if any(m.encode() in data for m in (*NUMBERS.values(), *PERSON.values(), VALUES["amount"])):
                            yield path
                except OSError:
                    continue

    @staticmethod
    def wide_open():
        os.umask(0)
        resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.getrlimit(resource.RLIMIT_CORE)[1]))

    def start(self, *arguments, **how):
        how = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **how}
        return subprocess.Popen([self.program, *arguments], cwd=self.folder / "here", env=self.environment,
                                preexec_fn=self.wide_open, **how)

    def call(self, *arguments, status=0, given=None):
        """What it said on both streams."""
        with self.start(*arguments, stdin=subprocess.PIPE) as run:
            out, err = run.communicate(given, timeout=WAIT)
        if run.returncode != status:
            self.fault(arguments, "ended with", run.returncode, err)
        self.search(" ".join(arguments) + ": stderr", err, quiet=True)
        return out, err

    def search(self, where, data, quiet=False, person=False):
        """Markers that may not be there; `quiet`: none may be."""
        text = data.decode("utf-8", "replace")
        bare = re.sub(r"[\s.–—-]", "", text)
        for name, number in NUMBERS.items():
            if digits(number) in bare:
                self.fault(where, "holds the", name)
        for name, marker in {**({} if person else PERSON), **(VALUES if quiet else {})}.items():
            if marker in text:
                self.fault(where, "holds the", name)

    def wants(self, where, data, *names):
        for name in names:
            if VALUES[name].encode() not in data:
                self.fault(where, "lacks the", name, "so that nothing was tried")

    def look_at_files(self, places, scans=()):
        """Each is for its owner only, and holds no more than a record may."""
        for place in places:
            for path in [place, *place.rglob("*")]:
                status = path.lstat()
                wanted = 0o700 if stat.S_ISDIR(status.st_mode) else 0o600
                if path not in scans and stat.S_IMODE(status.st_mode) != wanted:
                    self.fault(path, "has the mode", oct(stat.S_IMODE(status.st_mode)))
                if stat.S_ISREG(status.st_mode) and path.suffix not in (".png", ".pdf"):
                    self.search(path, path.read_bytes())

    def look_at_rest(self, when):
        for place in ("home", "tmp"):
            for path in (self.folder / place).rglob("*"):
                self.fault(when, "left", path)
        for path in self.elsewhere():
            self.fault(when, "left", path)
        for path in self.folder.rglob("core*"):
            self.fault(when, "left a core file", path)


def read_in_every_way(tester):
    record, _ = tester.call("read", "--json", "--as-of", "2025-01-20", "letter.pdf")
    tester.search("the record", record)
    tester.wants("the record", record, "amount", "last four", "phone")
    if b'"CP504"' not in record:
        tester.fault("it was not read as the letter that it is:", record[:300])
    for arguments in (["--why"], ["--json", "--why"], ["--lang", "es"], [], ["--ics"], ["--ics", "--names"], ["--show", "shown"]):
        out, _ = tester.call("read", *arguments, "--as-of", "2025-01-20", "letter.pdf")
        tester.search("read " + " ".join(arguments), out)
        if arguments == ["--ics"]:
            tester.search("the calendar", out, quiet=True)
    for path in (tester.folder / "here/shown").iterdir():
        data = path.read_bytes()  # of the text beside the picture; the picture is the scan itself
        for chunk in re.finditer(rb"(?:tEXt|iTXt|zTXt)", data):
            tester.search(path, data[chunk.start():])
    tester.look_at_files([tester.folder / "here/shown"])
    tester.look_at_rest("read")
    return record


def keep_in_a_docket(tester, record):
    db = tester.folder / "data/irsort/docket.db"
    with tester.start("docket", "--take", "-", "--ref", "2026-014", stdin=subprocess.PIPE) as taker:
        taker.stdin.write(record)
        taker.stdin.flush()
        waited = time.monotonic()
        while not db.with_name("docket.db-wal").exists() and time.monotonic() - waited < WAIT:
            time.sleep(0.02)
        tester.look_at_files([tester.folder / "data/irsort"])  # with -wal and -shm, while it is open
        names = {p.name for p in (tester.folder / "data/irsort").iterdir()}
        if not {"docket.db", "docket.db-wal", "docket.db-shm"} <= names:
            tester.fault("the docket was not open:", names)
        out, err = taker.communicate(timeout=WAIT)
    tester.search("docket --take", out + err, quiet=True)
    for arguments in ([], ["--json"], ["--csv"], ["--ics"], ["--ics", "--names"], ["--history", "1"], ["--json", "--history", "1"]):
        out, _ = tester.call("docket", "--as-of", "2025-01-20", *arguments)
        tester.search("docket " + " ".join(arguments), out)
    for text in (f"talked of {NUMBERS['SSN']}", f"and {digits(NUMBERS['SSN'])}", f"her {NUMBERS['EIN']}"):
        tester.call("docket", "--note", "1", text, status=2)  # a full number is not taken into a note
    tester.call("docket", "--backup", "../data/irsort/copy.db")
    tester.look_at_files([tester.folder / "data/irsort"])
    tester.look_at_rest("docket")


def watch_a_folder(tester):
    watched = tester.folder / "watched"
    watched.mkdir(mode=0o700)
    scan = watched / "from-a-scanner.pdf"
    scan.write_bytes(letter_pdf())
    scan.chmod(0o600)
    broken = watched / f"{NUMBERS['EIN']}.pdf"
    broken.write_bytes(letter_pdf()[:300] + b"\nstartxref\n9\n%%EOF\n")
    broken.chmod(0o600)
    out, err = tester.call("watch", "--once", "--docket", "../data/watched.db", str(watched), status=1)
    tester.search("watch", out + err, quiet=True)
    if not list(watched.glob("*/*/*/letter.json")) or not list(watched.glob("failed/*/*/error.json")):
        tester.fault("nothing was filed:", [str(p) for p in watched.rglob("*")], err)
    for path in watched.rglob("*"):
        status = path.lstat()
        if stat.S_IMODE(status.st_mode) & 0o077:
            tester.fault(path, "has the mode", oct(stat.S_IMODE(status.st_mode)))
        if path.suffix == ".json":  # a record names its file as it is called
            tester.search(path, path.read_bytes().replace(broken.name.encode(), b""))
    for path in (watched / ".irsort").rglob("*"):
        if path.is_file():
            tester.search(path, path.read_bytes(), quiet=True)
    tester.look_at_rest("watch")


def fail_in_every_way(tester):
    here = tester.folder / "here"
    data = letter_pdf()
    (here / "cut.pdf").write_bytes(data[:len(data) // 2])
    (here / "text.txt").write_text("\n".join(line for *_, line in LINES), encoding="utf-8")
    (here / "flipped.pdf").write_bytes(data.replace(b"endstream", b"endstraem").replace(b"/Length", b"/Lenght"))
    packed = zlib.compress(data)
    (here / "packed.pdf").write_bytes(data[:20] + packed)
    for name in ("cut.pdf", "text.txt", "flipped.pdf", "packed.pdf"):
        with tester.start("read", "--json", name) as run:
            out, err = run.communicate(timeout=WAIT)
        tester.search(name, out)
        tester.search(name + ": stderr", err, quiet=True)
    for arguments in (["docket", "--take", "text.txt"], ["docket", "--take", "letter.pdf"], ["docket", "--take", "-"]):
        with tester.start(*arguments, stdin=subprocess.PIPE) as run:
            out, err = run.communicate((here / "text.txt").read_bytes(), timeout=WAIT)
        tester.search(" ".join(arguments), out + err, quiet=True)
    tester.look_at_rest("errors")


def children(pid):
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            if int(path.read_text(encoding="utf-8", errors="replace").rsplit(")", 1)[1].split()[1]) == pid:
                found += [int(path.parent.name), *children(int(path.parent.name))]
        except OSError:
            continue
    return found


def die_in_every_way(tester):
    """A signal to the program, to what loads and to what reads, at several moments."""
    for who in ("parent", "worker", "reader"):
        for number in (signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT, signal.SIGTERM):
            for moment in (0.05, 0.2, 0.4):
                with tester.start("read", "--json", "--show", "shown", "letter.pdf", "letter.pdf") as run:
                    time.sleep(moment)
                    family = children(run.pid)
                    target = run.pid if who == "parent" else family[0] if who == "worker" and family else family[-1] if family else None
                    try:
                        if target is not None:
                            os.kill(target, number)
                    except ProcessLookupError:
                        pass
                    out, err = run.communicate(timeout=WAIT)
                tester.search(f"{who} ended by {number.name}", out)
                tester.search(f"{who} ended by {number.name}: stderr", err, quiet=True)
                waited = time.monotonic()
                while any(pathlib.Path(f"/proc/{pid}/exe").exists() for pid in family) and time.monotonic() - waited < 5:
                    time.sleep(0.02)
                for pid in family:
                    if pathlib.Path(f"/proc/{pid}/exe").exists():
                        tester.fault(who, "ended by", number.name, "left a process")
        tester.look_at_rest(f"{who}, ended")
    tester.look_at_files([tester.folder / "here/shown"])


def is_closed(tester):
    """The kernel's word on the process that holds the records."""
    with tester.start("docket", "--take", "-", stdin=subprocess.PIPE) as run:
        time.sleep(0.3)
        limits = pathlib.Path(f"/proc/{run.pid}/limits").read_text(encoding="utf-8")
        owner = pathlib.Path(f"/proc/{run.pid}/environ").stat().st_uid
        run.communicate(timeout=WAIT)
    if not re.search(r"Max core file size +0 +0 ", limits):
        tester.fault("core files are allowed")
    if os.getuid() != 0 and owner != 0:
        tester.fault("others may look into its memory")


def main():
    with tempfile.TemporaryDirectory(prefix="private-") as folder:
        tester = Tester(os.path.abspath(sys.argv[1]), pathlib.Path(folder))
        record = read_in_every_way(tester)
        keep_in_a_docket(tester, record)
        watch_a_folder(tester)
        fail_in_every_way(tester)
        die_in_every_way(tester)
        is_closed(tester)
    sys.exit("\n".join(tester.faults) if tester.faults else 0)


if __name__ == "__main__":
    main()
