#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Installs into a folder of its own and runs the installed program there: it must read a letter with the patterns that lie
beside it, and nothing that was installed may name the place it was built at.

usage: tests/install/installed.py SOURCE BUILD"""
import gzip
import json
import pathlib
import shutil
import sys
import tempfile

from tree import check, finish, install, run

MARK = "installed patterns were read"


def check_program(prefix, source):
    """The title of a notice is changed in the installed patterns: only they can make it say so."""
    notice = prefix / "share/irsort/patterns/notices/LT11.yaml"
    lines = notice.read_text().splitlines(keepends=True)
    title = next(i for i, line in enumerate(lines) if line.startswith("title:"))
    lines[title + 1] = f'  en: "{MARK}"\n'
    notice.write_text("".join(lines))
    done = run(prefix / "bin/irsort", "read", "--json", "--as-of", "2023-11-01", source / "fixtures/examples/lt11.pdf",
               cwd=prefix, env={"PATH": "/usr/bin:/bin", "XDG_CONFIG_HOME": str(prefix)})
    check(f"it reads a letter: {done.stderr}", done.returncode == 0)
    letter = json.loads(done.stdout.splitlines()[0])
    check("it knows the letter", letter["status"] == "identified" and letter["notice"]["id"] == "LT11")
    check("it has the day", letter["act_by"]["date"] == "2023-11-24")
    check("it goes by the patterns beside it", letter["notice"]["title"] == MARK)
    shutil.rmtree(prefix / "share/irsort/patterns/clocks")
    check("it stops where they are not whole", run(prefix / "bin/irsort", "lint").returncode == 2)


def check_manual(prefix):
    for name in ("man1/irsort.1", "man5/irsort.yaml.5", "man5/irsort-patterns.5"):
        page = prefix / "share/man" / f"{name}.gz"
        check(f"{name} is there", page.is_file())
        if shutil.which("mandoc"):
            lint = run("mandoc", "-Tlint", "-W", "error", page)
            check(f"{name} has no fault: {lint.stdout}", lint.returncode == 0)
    text = gzip.decompress((prefix / "share/man/man1/irsort.1.gz").read_bytes()).decode().replace("\\-", "-")
    overview = run(prefix / "bin/irsort", "help").stdout
    commands = [line.split()[1] for line in overview.splitlines() if line.startswith("  irsort ")]
    check("the overview lists commands", len(commands) > 5)
    for command in commands:
        check(f"irsort(1) has {command}", f'.SS "irsort {command}:"' in text)


def check_places(prefix, source):
    for path in prefix.rglob("*"):
        if path.is_file() and path.name != "irsort" and not path.name.endswith((".png", ".gz")):
            check(f"{path.relative_to(prefix)} does not name the place it was built at",
                  str(source) not in path.read_text())
    unit = (prefix / "lib/systemd/system/irsort-watch@.service").read_text()
    check("the service starts the installed program", f"ExecStart={prefix}/bin/irsort watch" in unit)
    for name in ("share/bash-completion/completions/irsort", "share/doc/irsort/LICENSE", "share/doc/irsort/irsort.yaml",
                 "lib/sysusers.d/irsort.conf"):
        check(f"{name} is there", (prefix / name).is_file())


def main():
    source, build = pathlib.Path(sys.argv[1]), sys.argv[2]
    with tempfile.TemporaryDirectory() as folder:
        prefix = pathlib.Path(folder) / "usr"
        install(build, prefix)
        check_places(prefix, source)
        check_manual(prefix)
        check_program(prefix, source)
    if not shutil.which("mandoc"):
        print("the manual was not checked for faults: there is no mandoc")
    finish("installed, and it reads from there")


if __name__ == "__main__":
    main()
