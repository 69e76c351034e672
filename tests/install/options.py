#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The help of each command, of which the manual and the completion are made, names every option that the command's source
takes, and no other.

usage: tests/install/options.py SOURCE PROGRAM"""
import pathlib
import re
import sys

from tree import check, finish, run


def main():
    source, program = pathlib.Path(sys.argv[1]), sys.argv[2]
    commands = re.findall(r"^  irsort (\w+)", run(program, "help").stdout, re.M)
    options = 0
    for command in commands:
        text = (source / f"src/commands/{command}.c").read_text()
        taken = set(re.findall(r'\{"(--[a-z-]+)", OPTION_', text))
        told = set(re.findall(r"^  (--[a-z-]+)", run(program, "help", command).stdout, re.M))
        check(f"{command}: the help has no row for {sorted(taken - told)}", not taken - told)
        check(f"{command}: it does not take {sorted(told - taken)}", not told - taken)
        options += len(told)
    check("there are options", options > 20)
    finish(f"{options} options of {len(commands)} commands")


if __name__ == "__main__":
    main()
