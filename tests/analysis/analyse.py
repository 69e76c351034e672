#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Static analysis of src/: analyse.py BUILD-FOLDER [gcc] [cppcheck] [clang-tidy]

Runs gcc -fanalyzer, cppcheck and clang-tidy over every source of src/ with the build's own flags, and fails on each
finding that exceptions.tsv does not explain, and on each explanation that no finding needs any more. A finding is known
by its tool, its check, its file and the text of its line, so that it stays known when lines move."""
import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
FINDING = re.compile(r"^(\S+?):(\d+):(?:\d+:)? (?:warning|error|style|performance|portability): (.*?) \[([^\[\]]+)\]$")


def commands(build):
    """Of each source of src/, once: its compiler's arguments."""
    found = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = pathlib.Path(entry["directory"], entry["file"]).resolve()
        target = shlex.split(entry["command"])
        own = "CMakeFiles/irsort-core.dir" in entry["command"] or path == ROOT / "src/main.c"
        if own and path.is_relative_to(ROOT / "src"):
            found[path] = [a for a in target if os.path.basename(a) != "ccache"]
    return found


def run_gcc(build, path, arguments):
    kept = [a for i, a in enumerate(arguments) if a not in ("-o", "-c", "-MD", "-MT", "-MF", "-Werror")
            and (i == 0 or arguments[i - 1] not in ("-o", "-MT", "-MF")) and not a.endswith(path.name)]
    # gcc 12 takes what is kept in an array's element for lost; leaks are looked for by valgrind and the sanitizers
    return subprocess.run(kept + ["-fanalyzer", "-Wno-analyzer-malloc-leak", "-fdiagnostics-plain-output", "-c", str(path), "-o", os.devnull],
                          cwd=build, stderr=subprocess.PIPE, text=True, check=False).stderr


def run_cppcheck(build, path, arguments):
    defines = [a for a in arguments if a.startswith("-D")]
    # variableScope: the house declares at a function's top what its loops share; shadowFunction: gcc's -Wshadow looks for
    # what can go wrong; unusedStructMember: cppcheck does not follow initialisers and callbacks
    return subprocess.run(["cppcheck", "--quiet", "--std=c11", "--enable=warning,style,performance,portability",
                           "--suppress=variableScope", "--suppress=shadowFunction", "--suppress=unusedStructMember",
                           "--suppress=missingIncludeSystem", "-D__linux__", *defines,
                           f"-I{ROOT}/src", "--template={file}:{line}:{column}: {severity}: {message} [{id}]", str(path)],
                          cwd=ROOT, stderr=subprocess.PIPE, text=True, check=False).stderr


def run_tidy(build, path, arguments):
    return subprocess.run(["clang-tidy", "--quiet", "-p", str(build), str(path)], cwd=ROOT, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True, check=False).stdout


TOOLS = {"gcc": run_gcc, "cppcheck": run_cppcheck, "clang-tidy": run_tidy}


def findings(tool, build, path, arguments):
    """(file, line, words, key) of each."""
    for line in sorted(set(TOOLS[tool](build, path, arguments).splitlines())):
        match = FINDING.match(line)
        if not match:
            continue
        where = pathlib.Path(build, match[1]).resolve()
        if not where.is_relative_to(ROOT / "src"):
            continue
        text = where.read_text().splitlines()[int(match[2]) - 1].strip()
        check = match[4].split(",")[0]
        check = check.removeprefix("-W")
        yield where, match[2], match[3], (tool, check, str(where.relative_to(ROOT)), text)


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    tools = sys.argv[2:] or list(TOOLS)
    sources = commands(build)
    explained = {}
    for line in (HERE / "exceptions.tsv").read_text().splitlines():
        if line and not line.startswith("#"):
            *key, reason = line.split("\t")
            explained[tuple(key)] = reason
    used = set()
    wrong = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = [pool.submit(lambda *a: list(findings(*a)), tool, build, path, arguments)
                for tool in tools for path, arguments in sorted(sources.items())]
        for job in jobs:
            for where, line, words, key in job.result():
                if key in explained:
                    used.add(key)
                    continue
                print(f"{where}:{line}: {words} [{key[0]} {key[1]}]")
                wrong += 1
    for key in sorted(set(explained) - used):
        if key[0] in tools:
            print("exceptions.tsv: no longer needed:", "\t".join(key))
            wrong += 1
    print(f"{len(sources)} sources, {len(tools)} tools, {len(used)} findings explained, {wrong} wrong")
    return 1 if wrong or not sources else 0


if __name__ == "__main__":
    sys.exit(main())
