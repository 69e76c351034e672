# SPDX-License-Identifier: AGPL-3.0-or-later
"""An installation in a folder of its own."""
import subprocess
import sys

faults = []


def check(what, good):
    if not good:
        faults.append(what)


def run(*arguments, **options):
    return subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False, **options)


def install(build, prefix):
    done = run("cmake", "--install", build, "--prefix", prefix)
    if done.returncode:
        sys.exit(f"not installed:\n{done.stdout}{done.stderr}")


def skip(why):
    print(f"skipped: {why}")
    sys.exit(77)


def finish(what):
    if faults:
        sys.exit("\n".join(f"not so: {fault}" for fault in faults))
    print(what)
