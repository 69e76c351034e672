#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Looks into the built program for the protections that compiler and linker were asked for.

usage: tests/e2e/hardening.py PROGRAM [--fortified] | --release SOURCE    (builds the release, and looks into that)"""
import re
import subprocess
import sys


def readelf(option, program):
    return subprocess.run(["readelf", "-W", option, program], stdout=subprocess.PIPE, check=True, text=True).stdout


def build_release(source):
    for step in (["cmake", "--preset", "release"], ["cmake", "--build", "--preset", "release"]):
        subprocess.run(step, cwd=source, stdout=subprocess.DEVNULL, check=True)
    return f"{source}/build/release/irsort"


def main():
    program, fortified = sys.argv[1], "--fortified" in sys.argv
    if program == "--release":
        program, fortified = build_release(sys.argv[2]), True
    header, segments, dynamic, symbols = (readelf(option, program) for option in ("-h", "-l", "-d", "--dyn-syms"))
    stack = re.search(r"GNU_STACK.*", segments)
    loaded = re.findall(r"LOAD +(?:0x[0-9a-f]+ +){5}([RWE ]{3})", segments)
    checks = {
        "it can be loaded anywhere (PIE)": re.search(r"Type: +DYN", header) and "PIE" in dynamic,
        "what is relocated is read-only afterwards (RELRO)": "GNU_RELRO" in segments,
        "all of it, since all is bound at the start (BIND_NOW)": re.search(r"FLAGS.*\b(BIND_NOW|NOW)\b", dynamic),
        "its stack is not executable": stack and "E" not in stack.group(0).split("0x")[-2],
        "no memory is both writable and executable": loaded and not any("W" in f and "E" in f for f in loaded),
        "its stack frames are guarded": "__stack_chk_fail" in symbols,
        "no library is looked for in a place of its own": "RPATH" not in dynamic and "RUNPATH" not in dynamic,
    }
    if fortified:
        checks["copies are checked against the room there is (FORTIFY)"] = re.search(r"__\w+_chk@", symbols)
    faults = [what for what, good in checks.items() if not good]
    print(f"{len(checks) - len(faults)} of {len(checks)} hold")
    sys.exit("\n".join(f"does not hold: {what}" for what in faults) if faults else 0)


if __name__ == "__main__":
    main()
