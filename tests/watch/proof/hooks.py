#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Programs that `irsort watch` tells of filed letters, as its settings name them.

usage: tests/watch/proof/hooks.py --program IRSORT --work FOLDER [--files N]

N blank pages are filed without a program, and with one that hangs: in the same time, within what a machine varies by. While
two of them hang irsort is told to end: it does within five seconds, and leaves no process and no zombie behind. The
program that keeps what it is given gets the very record that is filed."""
import os
import pathlib
import sys
import time

from harness import Broken, Drop, Folder, Watch, arguments, children_of, parse
from load import blank_page

END_SECONDS = 5
SLOWER = 2  # times: on a machine with other work


def write_script(path, body):
    path.write_text(f"#!/bin/sh\n{body}\n", encoding="ascii")
    path.chmod(0o755)
    return path


def drop_all(folder, count):
    drops = [Drop(f"scan {n}.png", blank_page(n), "filed", 1) for n in range(count)]
    for drop in drops:
        folder.drop(drop)
    return drops


def file_all(options, name, body):
    """Seconds until all were filed; the folder, the running irsort, and the drops."""
    folder = Folder(pathlib.Path(options.work).resolve() / name)
    hook = folder.base / "hook.sh"
    folder.make(**({"on_filed": f"[{hook}]"} if body else {}))
    if body:
        write_script(hook, body.format(base=folder.base))
    watch = Watch(options.program, folder)
    watch.wait_until_ready()
    began = time.monotonic()
    drops = drop_all(folder, options.files)
    watch.wait_for(lambda: not folder.waiting() and watch.is_idle(), 240)
    return time.monotonic() - began, folder, watch, drops


def started(folder):
    return [int(p.name) for p in (folder.base / "pids").glob("*")]


def is_alive(process):
    try:
        return pathlib.Path(f"/proc/{process}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def prove_hanging(options):
    plain, _, watch, _ = file_all(options, "plain", None)
    watch.stop()
    hanging, folder, watch, drops = file_all(options, "hanging", "mkdir -p {base}/pids; : >{base}/pids/$$\n"
                                             "trap '' TERM; sleep 3600 & while :; do sleep 1; done")
    folder.check_end(drops)
    if hanging > plain * SLOWER + 2:
        raise Broken(f"{hanging:.1f} s with a program that hangs, {plain:.1f} s without")
    watch.wait_for(lambda: len(started(folder)) == 2)
    children = children_of(watch.process.pid)
    began = time.monotonic()
    if watch.stop() != 0:
        raise Broken(f"it ended with {watch.process.returncode}: {watch.said()}")
    took = time.monotonic() - began
    if took > END_SECONDS:
        raise Broken(f"it ended after {took:.1f} s")
    left = [p for p in (*children, *started(folder)) if is_alive(p)]
    if left or len(started(folder)) != 2:
        raise Broken(f"left running: {left}; started: {started(folder)}")
    if "filed letters were not told" not in watch.said():
        raise Broken(f"it does not say what was not told: {watch.said()}")
    print(f"{options.files} files: {plain:.1f} s, with a program that hangs {hanging:.1f} s; ended within {took:.1f} s")


def prove_told(options):
    _, folder, watch, drops = file_all(options, "told", "mkdir -p {base}/got; cat >{base}/got/$$.part; "
                                       "ls -l /proc/self/fd >{base}/open; mv {base}/got/$$.part {base}/got/$$.json")
    got = folder.base / "got"
    watch.wait_for(lambda: got.is_dir() and len(list(got.glob("*.json"))) == len(drops))
    zombies = [p for p in children_of(watch.process.pid) if not is_alive(p)]
    time.sleep(0.5)
    if zombies and set(zombies) & set(children_of(watch.process.pid)):
        raise Broken(f"zombies: {zombies}")
    told = sorted(f.read_bytes() for f in got.iterdir())
    filed = sorted(files["letter.json"] for _, files in folder.results("filed"))
    if told != filed:
        raise Broken("what was told is not what was filed")
    opened = (folder.base / "open").read_text(encoding="utf-8").count("->")
    if opened != 4:  # and the folder that ls reads
        raise Broken(f"{opened - 1} files are open in it, not 3")
    watch.stop()
    print(f"{len(told)} records told, each as it was filed; nothing else is open in the program")


def main():
    parser = arguments("program")
    parser.add_argument("--files", type=int, default=100)
    options = parse(parser)
    os.umask(0o022)  # what others can write to is not run
    try:
        prove_hanging(options)
        prove_told(options)
    except Broken as problem:
        sys.exit(f"BROKEN {problem}")


if __name__ == "__main__":
    main()
