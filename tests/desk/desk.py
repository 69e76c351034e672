#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A desk of a test's own, and how it is talked to."""
import http.client
import json
import pathlib
import re
import signal
import socket
import subprocess
import sys
import threading
import time

IRSORT, SOURCE = sys.argv[1], pathlib.Path(sys.argv[2])
SCAN = (SOURCE / "fixtures/examples/lt11.pdf").read_bytes()
failures = []


def check(what, holds, seen=""):
    if not holds:
        failures.append(what)
        print("FAILED:", what, seen)


def finish():
    print(len(failures), "failures")
    sys.exit(1 if failures else 0)


class Events:
    """What an open page is told, each with the time.monotonic() at which it came."""

    def __init__(self, desk):
        self.seen = []
        self.stream = http.client.HTTPConnection("127.0.0.1", desk.port, timeout=30)
        self.stream.request("GET", "/events", headers={"Cookie": desk.cookie})
        self.answer = self.stream.getresponse()
        self.ended = False
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()

    def listen(self):
        name = None
        try:
            for line in self.answer:
                key, _, value = line.decode().rstrip("\n").partition(": ")
                if key == "event":
                    name = value
                elif key == "data":
                    self.seen.append((time.monotonic(), name, json.loads(value)))
        except (OSError, http.client.HTTPException, ValueError, AttributeError):
            if not self.ended:
                raise

    def wait(self, wanted, seconds=60):
        """The first (time, data) of which `wanted(name, data)` holds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for when, name, data in list(self.seen):
                if wanted(name, data):
                    return when, data
            time.sleep(0.005)
        raise SystemExit("a page was never told what it waits for")

    def close(self):
        self.ended = True
        self.stream.sock.shutdown(socket.SHUT_RDWR)
        self.thread.join(10)
        self.stream.close()


class Desk:
    """A desk of its own, logged in."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.docket = self.folder / "docket.db"
        self.start()

    def start(self):
        (self.folder / "irsort.yaml").write_text("language: en\n")
        self.program = subprocess.Popen(
            [IRSORT, "desk", "--port", "0", "--docket", self.docket, "--settings", self.folder / "irsort.yaml", "--as-of", "2023-11-01",
             "--workers", "1"], stdout=subprocess.PIPE, text=True)
        self.link = self.program.stdout.readline().strip()
        self.port = int(re.match(r"http://127\.0\.0\.1:(\d+)/enter\?key=[0-9a-f]{64}$", self.link)[1])
        self.key = self.link.split("=")[1]
        self.origin = f"http://127.0.0.1:{self.port}"
        status, headers, _ = self.ask("GET", f"/enter?key={self.key}")
        check("the link lets in", status == 200)
        self.set_cookie = headers.get("Set-Cookie", "")
        self.cookie = self.set_cookie.split(";")[0]
        self.token = json.loads(self.get("/api/start")[2])["token"]

    def stop(self, how=signal.SIGTERM):
        self.program.send_signal(how)
        return self.program.wait(timeout=20)

    def ask(self, method, path, headers=None, body=None, host=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        if host != "":
            connection.putheader("Host", host or f"127.0.0.1:{self.port}")
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        result = answer.status, answer.headers, answer.read()
        connection.close()
        return result

    def get(self, path, **headers):
        return self.ask("GET", path, {"Cookie": self.cookie, **headers})

    def own(self, **more):
        return {"Cookie": self.cookie, "Origin": self.origin, "X-Irsort-Token": self.token, **more}

    def post(self, path, body, headers=None):
        return self.ask("POST", path, headers if headers is not None else self.own(), body)

    def upload(self, body, name="scan.pdf"):
        return self.post(f"/api/upload?name={name}", body)

    def wait_read(self):
        for _ in range(300):
            items = json.loads(self.get("/api/inbox")[2])["items"]
            if all(item["state"] in ("done", "failed") for item in items):
                return items
            time.sleep(0.2)
        raise SystemExit("a scan was never read")


def drop(desk, events, scan):
    """Drops a scan and waits for its day. `shown_ms` is the time from the end of reading to the answer that has the day, with all
    that comes before reading: the upload, and its way to the disk. None of it is reading, so it may only be less."""
    begin = time.monotonic()
    item = json.loads(desk.upload(scan)[2])["item"]
    _, done = events.wait(lambda name, data: name == "item" and data["item"] == item and data["state"] in ("done", "failed"))
    letter = json.loads(desk.get(f"/api/letter/{done['letters'][0]}")[2])
    return {"letter": letter, "read_ms": done["read_ms"], "shown_ms": (time.monotonic() - begin) * 1000 - done["read_ms"]}
