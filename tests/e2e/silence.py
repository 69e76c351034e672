#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Shows that text of a letter has no way into a log. Only the commands can write to a stream or to the system's log: no other
object of the library so much as names one. And in the rooms where text is seen, an error message, which is what goes to a
log, is made of fixed words, numbers and what the system says: of nothing that was read.

usage: tests/e2e/silence.py LIBRARY SOURCE"""
import pathlib
import re
import subprocess
import sys

STREAMS = re.compile(r"^(stdout|stderr|v?printf|v?f?printf|puts|fputs|putc|putchar|fputc|perror|v?warnx?|v?errx?|vsyslog|syslog|v?dprintf|psignal|"
                     r"__(v?f?|v?d)printf_chk|__v?syslog_chk|json_dumpf\w*|json_dumpfd|sqlite3_log)$")
ROOMS = ("paper", "ocr", "letter", "worker")
# What may stand in a message there, besides numbers: the system's words, a code's, a word of the program's own, a message that
# came from another error or over the wire, where it is masked.
ALLOWED = re.compile(r"^(strerror\((errno|reason)\)|said\.message|loading\.message|message|member|what|name|kind|\w+->page_count|"
                     r"WTERMSIG\(status\) == SIGKILL \? .*|\(?(int|long long|unsigned|unsigned long)\)?\s*\w.*|[A-Z_]+( >> \d+)?|W\w+\(\w+\)|seconds)$")


def objects(library):
    """(object, the symbols that it takes from elsewhere)"""
    name, found = None, {}
    for line in subprocess.run(["nm", "--undefined-only", library], stdout=subprocess.PIPE, check=True, text=True).stdout.splitlines():
        if line.endswith(":"):
            name = line[:-1]
            found[name] = set()
        elif line.split()[:1] in (["U"], ["w"]):
            found[name].add(line.split()[1].split("@")[0])
    return found


def arguments(text, start):
    """The arguments of the call whose parenthesis is at `start`, without those inside others."""
    depth, quoted, parts, part, i = 0, False, [], "", start
    while True:
        c = text[i]
        if quoted:
            quoted = c != '"'
            if c == "\\":
                part += c
                i += 1
                c = text[i]
        elif c == '"':
            quoted = True
        elif c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
            if depth == 0:
                return [*parts, part[1:].strip() if not parts else part.strip()]
        elif c == "," and depth == 1:
            parts.append(part[1:].strip() if not parts else part.strip())
            part, c = "", ""
        part += c
        i += 1


def main():
    library, source = sys.argv[1], pathlib.Path(sys.argv[2])
    faults, looked_at, messages = [], 0, 0
    commands = {p.name + ".o" for p in (source / "src/commands").glob("*.c")}
    for name, symbols in objects(library).items():
        if name in commands:
            continue
        looked_at += 1
        faults += [f"{name} names {symbol}" for symbol in sorted(symbols) if STREAMS.match(symbol)]
    for room in ROOMS:
        for path in sorted((source / "src" / room).glob("*.c")):
            text = path.read_text(encoding="utf-8")
            for call in re.finditer(r"\berror_set\(", text):
                messages += 1
                given = [" ".join(a.split()) for a in arguments(text, call.end() - 1)]
                for value in given[3:]:
                    if not ALLOWED.match(value):
                        faults.append(f"{path.name}: a message with {value}")
    print(f"{looked_at} objects, {messages} messages")
    if looked_at < 80 or messages < 60:
        faults.append("the library or its sources were not understood")
    sys.exit("\n".join(faults) if faults else 0)


if __name__ == "__main__":
    main()
