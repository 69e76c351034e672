#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What systemd says of the service: no fault, and how exposed it is (0: not at all, 10: wide open).

usage: tests/install/service.py BUILD"""
import os
import pathlib
import re
import shutil
import sys
import tempfile

from tree import check, finish, install, run, skip

EXPOSURE_MOST = 1.0  # of 10; systemd calls all up to 2 "OK" or better


def main():
    if not shutil.which("systemd-analyze"):
        skip("there is no systemd-analyze")
    with tempfile.TemporaryDirectory() as folder:
        prefix = pathlib.Path(folder) / "usr"
        install(sys.argv[1], prefix)
        unit = prefix / "lib/systemd/system/irsort-watch@.service"
        verified = run("systemd-analyze", "verify", "--recursive-errors=no", unit,
                       env={**os.environ, "MANPATH": str(prefix / "share/man")})
        said = [line for line in verified.stderr.splitlines() if "irsort" in line]
        check(f"systemd finds no fault: {said}", verified.returncode == 0 and not said)
        security = run("systemd-analyze", "security", "--offline=yes", "--no-pager", unit)
    found = re.search(r"Overall exposure level for \S+: ([\d.]+) (\w+)", security.stdout)
    check(f"systemd tells the exposure: {security.stdout}{security.stderr}", found)
    if found:
        print(f"exposure {found.group(1)} of 10 ({found.group(2)})")
        check(f"the exposure is at most {EXPOSURE_MOST}", float(found.group(1)) <= EXPOSURE_MOST)
    finish("the service is as it should be")


if __name__ == "__main__":
    main()
