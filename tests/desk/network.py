#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Attacks on a desk with users that listens for others, each against one line of "More than one desk" in docs/desk.md.

Its address is 127.0.0.2, so that clients can call from as many addresses of loopback as they like; one that other machines
could really reach is tried where this machine has one.

usage: tests/desk/network.py IRSORT SOURCE"""
import atexit
import http.client
import json
import os
import pathlib
import pty
import re
import signal
import socket
import ssl
import statistics
import subprocess
import tempfile
import threading
import time
import urllib.parse
import warnings

from desk import IRSORT, SCAN, check, finish

MARIA, JO = "correct horse battery", "four words will do"
CLOSED = 401
PATIENCE = 120  # seconds, for a machine that has much else to do


def make_certificate(folder, name, address="127.0.0.2"):
    key, certificate = folder / f"{name}.key", folder / f"{name}.crt"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key, "-out",
                    certificate, "-days", "30", "-subj", "/CN=desk", "-addext", f"subjectAltName=IP:{address}"], check=True, capture_output=True)
    return certificate, key


class Wide:
    """A desk with users, and one client of it from one address."""

    def __init__(self, folder, address="127.0.0.2", tls=True, more="desk:\n  names: [desk.clinic.example]\n"):
        self.folder, self.address = pathlib.Path(folder), address
        self.docket = self.folder / "docket.db"
        self.users, self.audit = self.folder / "docket.db.users", self.folder / "docket.db.audit"
        self.settings = self.folder / "irsort.yaml"
        self.settings.write_text("language: en\n" + more)
        self.tls = make_certificate(self.folder, "desk", address) if tls else None
        self.program = None

    def call(self, *options, given=None):
        return subprocess.run([IRSORT, "desk", "--docket", self.docket, "--settings", self.settings, *options], input=given, capture_output=True,
                              text=True, timeout=60)

    def set_user(self, name, role, password):
        return self.call("--user", name, "--role", role, given=password + "\n")

    def start(self):
        tls = ["--tls", *self.tls] if self.tls else []
        self.program = subprocess.Popen([IRSORT, "desk", "--port", "0", "--listen", self.address, *tls, "--docket", self.docket, "--settings",
                                         self.settings, "--as-of", "2023-11-01", "--workers", "1"], stdout=subprocess.PIPE, text=True)
        atexit.register(self.program.kill) # where a check ends this test before its end
        self.told = self.program.stdout.readline().strip()
        self.scheme = "https" if self.tls else "http"
        match = re.match(rf"{self.scheme}://{re.escape(self.address)}:(\d+)/$", self.told)
        check("it tells its address, and no key", match, self.told)
        self.port = int(match[1])
        self.origin = f"{self.scheme}://{self.address}:{self.port}"
        return self

    def stop(self):
        self.program.send_signal(signal.SIGTERM)
        return self.program.wait(timeout=20)

    def connect(self, source=None):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        more = {"source_address": (source, 0)} if source else {}
        if not self.tls:
            return http.client.HTTPConnection(self.address, self.port, timeout=PATIENCE, **more)
        return http.client.HTTPSConnection(self.address, self.port, timeout=PATIENCE, context=context, **more)

    def ask(self, method, path, headers=None, body=None, host=None, source=None):
        connection = self.connect(source)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", host or f"{self.address}:{self.port}")
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        answer = connection.getresponse()
        result = answer.status, answer.headers, answer.read()
        connection.close()
        return result

    def login(self, name, password, source=None, headers=None):
        form = urllib.parse.urlencode({"name": name, "password": password}).encode()
        return self.ask("POST", "/login", {"Origin": self.origin, **(headers or {})}, form, source=source)


class Person:
    """Somebody who is logged in."""

    def __init__(self, desk, name, password):
        self.desk = desk
        status, headers, _ = desk.login(name, password)
        check(f"{name} is let in", status == 303 and headers["Location"] == "/", status)
        self.set_cookie = headers["Set-Cookie"]
        self.cookie = self.set_cookie.split(";")[0]
        self.start = json.loads(self.get("/api/start")[2])

    def get(self, path, **headers):
        return self.desk.ask("GET", path, {"Cookie": self.cookie, **headers})

    def own(self, **more):
        return {"Cookie": self.cookie, "Origin": self.desk.origin, "X-Irsort-Token": self.start["token"], **more}

    def post(self, path, body=b"{}", headers=None):
        return self.desk.ask("POST", path, headers if headers is not None else self.own(), body)


# ---- it does not start unless it is safe ----

def refused(desk, what, words, *options):
    ended = desk.call("--port", "0", *options)
    check(f"{what} is refused, with the mend", ended.returncode == 2 and ended.stdout == "" and all(word in ended.stderr for word in words), ended)


def others_cannot_reach_it_unguarded(folder):
    desk = Wide(folder)
    certificate, key = desk.tls
    other = make_certificate(desk.folder, "other")
    tls = ("--tls", certificate, key)
    for address in ("203.0.113.7", "203.0.113.7:8433", "[2001:db8::7]:8433", "::ffff:127.0.0.1"):
        refused(desk, f"{address} without TLS", ["--tls CERT KEY"], "--listen", address) if address[-5:] != ":8433" else check(
            "so with a port", "--tls CERT KEY" in desk.call("--listen", address).stderr)
    refused(desk, "one without users", ["no users yet", "--user NAME --role reviewer"], "--listen", "203.0.113.7", *tls)
    desk.set_user("maria", "reviewer", MARIA)
    refused(desk, "users without TLS", ["--tls CERT KEY"], "--listen", "203.0.113.7")
    refused(desk, "another machine's address", ["no address of this machine"], "--listen", "203.0.113.7", *tls)
    for everything in ("0.0.0.0", "::"):
        refused(desk, everything, ["one address"], "--listen", everything, *tls)
    desk.call("--remove-user", "maria")
    refused(desk, "one whose last user was removed", ["no users yet"], "--listen", "203.0.113.7", *tls)
    desk.set_user("maria", "reviewer", MARIA)
    for mode in (0o640, 0o604, 0o622):
        key.chmod(mode)
        refused(desk, f"a key with mode {mode:o}", ["can be read or written by others", "chmod 600"], "--listen", "127.0.0.2", *tls)
    key.chmod(0o600)
    refused(desk, "another certificate's key", ["is not that of the certificate"], "--listen", "127.0.0.2", "--tls", certificate, other[1])
    refused(desk, "a key for a certificate", ["cannot be used"], "--listen", "127.0.0.2", "--tls", key, key)
    refused(desk, "a certificate that is not there", ["cannot be read"], "--listen", "127.0.0.2", "--tls", desk.folder / "none", key)
    broken = desk.folder / "broken.crt"
    broken.write_bytes(certificate.read_bytes()[:300])
    refused(desk, "a broken certificate", ["cannot be used"], "--listen", "127.0.0.2", "--tls", broken, key)
    desk.users.chmod(0o644)
    refused(desk, "a users' file that others can read", ["can be read or written by others", "chmod 600"], "--listen", "127.0.0.2", *tls)
    check("nor is it listed", desk.call("--users").returncode == 2)
    check("nor changed", desk.set_user("jo", "desk", JO).returncode == 2)
    desk.users.chmod(0o600)
    desk.audit.chmod(0o640)
    refused(desk, "an audit log that others can read", ["audit log", "chmod 600"], "--listen", "127.0.0.2", *tls)
    desk.audit.chmod(0o600)
    refused(desk, "a port said twice", ["leave --port away"], "--listen", "127.0.0.2:8433", *tls)


def passwords_are_typed_unseen(folder):
    desk = Wide(folder, tls=False)
    check("a short one is refused", "12 characters" in desk.set_user("maria", "reviewer", "too short").stderr)
    check("a role must be one", "desk or reviewer" in desk.set_user("maria", "root", MARIA).stderr)
    check("a new user wants a role", "--role" in desk.call("--user", "maria", given=MARIA + "\n").stderr)
    check("nobody was added", not desk.users.exists())

    def type_it(*lines):
        program, terminal = pty.fork()
        if program == 0:
            os.execv(IRSORT, [IRSORT, "desk", "--docket", str(desk.docket), "--settings", str(desk.settings), "--user", "maria", "--role", "reviewer"])
        seen = b""
        for question, line in zip((b"not shown): ", b"Once more: "), lines):
            while question not in seen:
                seen += os.read(terminal, 1000)
            os.write(terminal, line)
        try:
            while part := os.read(terminal, 1000):
                seen += part
        except OSError:
            pass
        os.close(terminal)
        return os.waitstatus_to_exitcode(os.waitpid(program, 0)[1]), seen

    code, seen = type_it(MARIA.encode() + b"\n", JO.encode() + b"\n")
    check("two that differ are refused", code == 2 and b"not the same" in seen and not desk.users.exists(), seen)
    code, seen = type_it(MARIA.encode() + b"\n", MARIA.encode() + b"\n")
    check("it is asked for twice", code == 0 and desk.call("--users").stdout == "maria reviewer\n", seen)
    check("and never shown", MARIA.encode() not in seen, seen)
    code, seen = type_it(b"\x03")
    check("Ctrl-C changes nothing", code == 2 and b"no password was given" in seen, (code, seen))
    check("a new password keeps the role", desk.call("--user", "maria", given=JO + "\n").returncode == 0 and desk.call("--users").stdout == "maria reviewer\n")
    text = desk.users.read_text()
    check("it is argon2id's", re.fullmatch(r"irsort users 1\nmaria reviewer \$argon2id\$v=19\$m=65536,t=2,p=1\$\S+\n", text), text)
    check("for its owner only", desk.users.stat().st_mode & 0o777 == 0o600)


# ---- the wire ----

def only_tls_is_spoken(desk):
    with socket.create_connection((desk.address, desk.port), timeout=15) as plain:
        plain.sendall(f"GET / HTTP/1.1\r\nHost: {desk.address}:{desk.port}\r\n\r\n".encode())
        answer = b""
        try:
            while part := plain.recv(1000):
                answer += part
        except OSError:
            pass
    check("plain HTTP gets no answer", b"HTTP/" not in answer, answer)
    for version, works in ((ssl.TLSVersion.TLSv1_1, False), (ssl.TLSVersion.TLSv1_2, True), (ssl.TLSVersion.TLSv1_3, True)):
        warnings.simplefilter("ignore", DeprecationWarning)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = version
        try:
            with socket.create_connection((desk.address, desk.port), timeout=15) as plain, context.wrap_socket(plain) as wire:
                spoken = wire.version() is not None
        except (ssl.SSLError, OSError):
            spoken = False
        check(f"{version.name} is {'spoken' if works else 'refused'}", spoken == works)
    with socket.create_connection((desk.address, desk.port), timeout=15) as silent:
        at = time.monotonic()
        silent.settimeout(20)
        try:
            silent.recv(1)
        except OSError:
            pass
        check("who begins nothing is ended", time.monotonic() - at < 15)


def it_is_called_by_its_names_only(desk, maria):
    port = desk.port
    for host in ("evil.example", f"evil.example:{port}", f"127.0.0.1:{port}", f"localhost:{port}", f"desk.clinic.example.evil.example:{port}", desk.address):
        check(f"a call by the name {host} is refused", desk.ask("GET", "/login", host=host)[0] == 421)
    check("its address is its name", maria.get("/api/start")[0] == 200)
    check("so are those of the settings", desk.ask("GET", "/api/start", {"Cookie": maria.cookie}, host=f"desk.clinic.example:{port}")[0] == 200)
    for origin in (f"http://{desk.address}:{port}", f"https://127.0.0.1:{port}", "https://evil.example", "null"):
        status = maria.post("/api/letter/1/done", b'{"done":true}', maria.own(Origin=origin))[0]
        check(f"{origin} changes nothing", status == 403, status)
    check("nor does no token", maria.post("/api/letter/1/done", b'{"done":true}', {"Cookie": maria.cookie, "Origin": desk.origin})[0] == 403)


def answers_bear_what_tls_wants(desk, maria):
    for path in ("/", "/login", "/assets/desk.css", "/api/docket"):
        headers = maria.get(path)[1]
        check(f"{path}: only ever by TLS", headers["Strict-Transport-Security"] == "max-age=31536000")
        check(f"{path}: the same policy", "default-src 'none'" in headers["Content-Security-Policy"] and "unsafe" not in headers["Content-Security-Policy"])
    parts = set(maria.set_cookie.split("; ")[1:])
    check("the cookie goes by TLS only, to this host only, and to no script", parts == {"Path=/", "HttpOnly", "SameSite=Strict", "Secure"}, parts)
    check("a browser holds it to that", maria.cookie.startswith("__Host-irsort="))


# ---- logging in ----

def only_a_password_lets_in(desk):
    for path in ("/", "/sheet?ids=1"):
        status, _, body = desk.ask("GET", path)
        check(f"{path} is the login page", status == CLOSED and b'type="password"' in body)
    for path in ("/api/start", "/api/docket", "/api/letter/1", "/api/audit", "/events"):
        check(f"{path} is closed", desk.ask("GET", path)[0] == CLOSED)
    check("no link lets in", desk.ask("GET", "/enter?key=" + "0" * 64)[0] == CLOSED)
    wrong = desk.login("maria", "a wrong password", source="127.0.9.1")
    nobody = desk.login("nobody", "a wrong password", source="127.0.9.2")
    check("a wrong password does not", wrong[0] == CLOSED and "Set-Cookie" not in wrong[1])
    check("of a name that is not there the same is said", nobody[0] == CLOSED and nobody[2] == wrong[2])
    page = desk.ask("GET", "/login?lang=es")[2].decode()
    check("in Spanish too", 'lang="es"' in page and "Contraseña" in page)
    for form in (b"", b"name=form", b"password=x", b"name=form&password=%00", b"name=maria&name=jo&password=" + MARIA.replace(" ", "+").encode(),
                 b"name=maria%0a&password=x", b"name=%3Cscript%3E&password=x", b"\xff" * 500):
        source = f"127.0.10.{len(form) % 250 + 1}"
        status, headers, body = desk.ask("POST", "/login", {"Origin": desk.origin}, form, source=source)
        check(f"{form[:40]} does not", status in (CLOSED, 429) and "Set-Cookie" not in headers and b"<script" not in body, status)
    check("nor what is too long", desk.ask("POST", "/login", {"Origin": desk.origin}, b"name=maria&password=" + b"a" * 20000)[0] == 413)
    form = urllib.parse.urlencode({"name": "maria", "password": MARIA}).encode()
    for headers in ({}, {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": desk.origin, "Sec-Fetch-Site": "cross-site"},
                    {"Origin": desk.origin.replace("https", "http")}):
        status, answer, _ = desk.ask("POST", "/login", headers, form)
        check(f"another site cannot log anybody in: {headers}", status == 403 and "Set-Cookie" not in answer, status)


def a_planted_cookie_is_worth_nothing(desk):
    planted = "__Host-irsort=" + "0" * 64
    status, headers, _ = desk.login("maria", MARIA, headers={"Cookie": planted})
    first = headers["Set-Cookie"].split(";")[0]
    check("the session is another one", status == 303 and first != planted)
    check("the planted one is none", desk.ask("GET", "/api/start", {"Cookie": planted})[0] == CLOSED)
    second = desk.login("jo", JO, headers={"Cookie": first})[1]["Set-Cookie"].split(";")[0]
    check("who logs in ends whose place he takes", desk.ask("GET", "/api/start", {"Cookie": first})[0] == CLOSED)
    check("and is himself", json.loads(desk.ask("GET", "/api/start", {"Cookie": second})[2])["who"] == "jo")
    check("TLS's cookie has its own name", desk.ask("GET", "/api/start", {"Cookie": second.replace("__Host-irsort", "irsort")})[0] == CLOSED)


def names_cannot_be_found_out_by_time(desk):
    """One try a name and address, so that no wait is in it."""
    def seconds(name, source):
        at = time.monotonic()
        check("it is refused", desk.login(name, "a wrong password", source=source)[0] == CLOSED)
        return time.monotonic() - at

    there, not_there = [], []
    for i in range(8):
        there.append(seconds(f"user{i}", f"127.0.11.{i + 1}"))
        not_there.append(seconds(f"none{i}", f"127.0.12.{i + 1}"))
    one, other = statistics.median(there), statistics.median(not_there)
    check("both take the same", 0.5 < one / other < 2, (there, not_there))
    check("and some time", min(there + not_there) > 0.02, (there, not_there))


def guessing_is_slow(desk):
    codes = [desk.login(f"guess{i}", "a wrong password", source="127.0.13.1")[0] for i in range(4)]
    check("the fourth wrong try of an address waits", codes == [CLOSED, CLOSED, CLOSED, 429], codes)
    status, _, body = desk.login("maria", MARIA, source="127.0.13.1")
    check("the right one too, unlooked at", status == 429 and re.search(rb"Wait \d+ s", body), (status, body))
    check("another address does not", desk.login("maria", MARIA, source="127.0.13.2")[0] == 303)
    codes = [desk.login("user0", "a wrong password", source=f"127.0.14.{i + 1}")[0] for i in range(4)]
    check("many addresses do not help at one name", 429 in codes, codes)
    time.sleep(1.2)
    check("after the wait it is looked at again", desk.login("guess9", "a wrong password", source="127.0.13.1")[0] == CLOSED)
    check("and then waits again", desk.login("guess9", "x", source="127.0.13.1")[0] == 429)
    codes = []
    threads = [threading.Thread(target=lambda: codes.append(desk.login("user1", "a wrong password", source="127.0.15.1")[0])) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    check("nor do twenty at a time", codes.count(CLOSED) <= 5 and codes.count(429) >= 12, codes)


def others_do_not_wait_for_passwords(desk, maria):
    """Twenty log in at a time, from as many addresses: 64 MiB and a tenth of a second each, one after the other."""
    codes, waits = [], []
    threads = [threading.Thread(target=lambda i=i: codes.append(desk.login(f"crowd{i}", "a wrong password", source=f"127.0.16.{i + 1}")[0]))
               for i in range(20)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        at = time.monotonic()
        check("it answers beside them", maria.get("/api/start")[0] == 200)
        waits.append(time.monotonic() - at)
    check("and soon", statistics.median(waits) < 1, waits)
    check("each gets an answer", len(codes) == 20 and set(codes) <= {CLOSED, 503}, codes)
    peak = int(re.search(r"VmHWM:\s+(\d+)", pathlib.Path(f"/proc/{desk.program.pid}/status").read_text())[1])
    check("no more than one password's memory was ever taken", peak < 400 << 10, peak)


# ---- roles ----

def what_is_the_reviewers_is_refused_to_others(desk, maria, jo):
    before = maria.get("/api/letter/1")[2]
    check("the page knows the roles", (maria.start["role"], jo.start["role"]) == ("reviewer", "desk"))
    for method, path, body in (("GET", "/api/audit", None), ("GET", "/api/letter/1/case", None),
                               ("POST", "/api/letter/1/correct", b'{"point":"notice_date","value":"2023-10-05"}'),
                               ("POST", "/api/letter/1/correct", b'{"point":"notice","value":"CP504"}'),
                               ("POST", "/api/letter/1/confirm", b'{"point":"notice_date"}'), ("POST", "/api/letter/1/confirm", b"{}")):
        status, _, answer = desk.ask(method, path, jo.own(), body)
        error = json.loads(answer)["error"]
        check(f"{method} {path} is refused to the desk", status == 403 and error["code"] == "role" and "reviewer" in error["message"], answer)
        status, _, answer = desk.ask(method, path + "?lang=es", jo.own(), body)
        check("in Spanish too", status == 403 and "revisa" in json.loads(answer)["error"]["message"], answer)
        check("and the other's token does not help", desk.ask(method, path, jo.own(**{"X-Irsort-Token": maria.start["token"]}), body)[0] == 403)
    check("nothing was changed", maria.get("/api/letter/1")[2] == before)
    for path, body in (("note", b'{"text":"called on Monday"}'), ("assign", b'{"name":"Jo"}'), ("ref", b'{"ref":"2026-014"}'), ("done", b'{"done":true}'),
                       ("done", b'{"done":false}')):
        check(f"the desk may: {path}", jo.post(f"/api/letter/1/{path}", body)[0] == 200)
    for path in ("/", "/api/inbox", "/api/docket", "/api/calendar", "/api/notices", "/api/letter/1", "/api/letter/1/history", "/api/letter/1/page/1",
                 "/sheet?ids=1"):
        check(f"the desk sees {path}", jo.get(path)[0] == 200)
    check("the desk brings mail", jo.post("/api/upload?name=more.pdf", SCAN + b"more")[0] == 200)
    check("a reviewer may confirm", maria.post("/api/letter/1/confirm", b'{"point":"notice_date"}')[0] == 200)
    check("and export", maria.get("/api/letter/1/case")[0] == 200)
    for who in (maria, jo):
        check("nobody takes another's name", who.post("/api/who", b'{"name":"somebody"}')[0] == 403)
    history = json.loads(maria.get("/api/letter/1/history")[2])
    check("the history has their own names", {event["who"] for event in history} == {"maria", "jo"}, history)


def what_must_be_looked_at_is_closed_by_reviewers_only(desk, maria, jo):
    """Nobody who only brings in mail takes a letter off the list whose last day nobody knows."""
    had = json.loads(maria.get("/api/letter/1")[2])
    check("its day is known", not had["must_look"])
    check("a date that cannot be right is typed", maria.post("/api/letter/1/correct", b'{"point":"notice_date","value":"2049-01-04"}')[0] == 200)
    check("now somebody must look", json.loads(jo.get("/api/letter/1")[2])["must_look"])
    status, _, answer = jo.post("/api/letter/1/done", b'{"done":true}')
    check("the desk may not close it", status == 403 and json.loads(answer)["error"]["code"] == "role", answer)
    check("it is as it was", not json.loads(jo.get("/api/letter/1")[2])["done"])
    refused = [json.loads(line) for line in desk.audit.read_text().splitlines()][-1]
    check("that is written down", (refused["who"], refused["act"], refused["letter"], refused["outcome"]) == ("jo", "finish", 1, "refused"), refused)
    check("a reviewer may", maria.post("/api/letter/1/done", b'{"done":true}')[0] == 200)
    check("the desk may open it again", jo.post("/api/letter/1/done", b'{"done":false}')[0] == 200)
    date = had["letter"]["fields"]["notice_date"]
    check("with its date back", maria.post("/api/letter/1/correct", json.dumps({"point": "notice_date", "value": date["value"]}).encode())[0] == 200)
    check("the desk may", all(jo.post("/api/letter/1/done", json.dumps({"done": done}).encode())[0] == 200 for done in (True, False)))


def what_ends_takes_effect_at_once(desk, maria):
    desk.set_user("ana", "desk", JO)
    ana = Person(desk, "ana", JO)
    stream = desk.connect()
    stream.request("GET", "/events", headers={"Cookie": ana.cookie})
    events = stream.getresponse()
    check("she is in", ana.get("/api/docket")[0] == 200)
    check("she is removed", desk.call("--remove-user", "ana").returncode == 0)
    check("her session is over", ana.get("/api/docket")[0] == CLOSED)
    check("her open page too", events.read().endswith(b"event: locked\ndata: {}\n\n"))
    check("she cannot log in", desk.login("ana", JO, source="127.0.17.1")[0] == CLOSED)
    desk.set_user("ana", "reviewer", JO)
    ana = Person(desk, "ana", JO)
    desk.set_user("ana", "desk", JO)
    check("another role ends it", ana.get("/api/audit")[0] == CLOSED)
    ana = Person(desk, "ana", JO)
    desk.set_user("ana", "desk", MARIA)
    check("another password ends it", ana.get("/api/docket")[0] == CLOSED)
    check("the old one is no more", desk.login("ana", JO, source="127.0.17.2")[0] == CLOSED)
    check("others' sessions stay", maria.get("/api/docket")[0] == 200)


def logging_out_ends_it(desk):
    jo = Person(desk, "jo", JO)
    slow = desk.connect()
    head = "".join(f"{name}: {value}\r\n" for name, value in jo.own().items())
    slow.connect()
    slow.sock.sendall((f"POST /api/upload?name=late.pdf HTTP/1.1\r\nHost: {desk.address}:{desk.port}\r\n{head}"
                       f"Content-Length: {len(SCAN) + 4}\r\n\r\n").encode() + SCAN)
    time.sleep(0.5)
    check("he logs out", jo.post("/api/lock")[0] == 200)
    check("the cookie is worth nothing", jo.get("/api/start")[0] == CLOSED)
    slow.sock.sendall(b"late")
    answer = slow.sock.recv(1000)
    check("what came to its end afterwards is not taken", answer.startswith(b"HTTP/1.1 401"), answer[:60])
    slow.close()
    check("nothing of it stays", not list((desk.folder / "docket.db.scans/waiting").iterdir()))


def a_users_file_that_was_opened_up_lets_nobody_in(desk):
    maria = Person(desk, "maria", MARIA)
    desk.users.chmod(0o644)
    check("nobody stays", maria.get("/api/docket")[0] == CLOSED)
    check("nobody comes in", desk.login("maria", MARIA, source="127.0.18.1")[0] == CLOSED)
    desk.users.chmod(0o600)
    check("mended, they do", desk.login("maria", MARIA, source="127.0.18.2")[0] == 303)


# ---- the audit log ----

def all_of_it_is_written_down(desk, maria):
    lines = [json.loads(line) for line in desk.audit.read_text().splitlines()]
    text = desk.audit.read_text()
    for who, act, letter, outcome in (("maria", "login", None, "done"), ("maria", "login", None, "refused"), (None, "login", None, "refused"),
                                      ("jo", "correct", 1, "refused"), ("jo", "audit", None, "refused"), ("jo", "note", 1, "done"),
                                      ("jo", "finish", 1, "done"), ("jo", "upload", None, "done"), ("jo", "print", 1, "done"), ("jo", "look", 1, "done"),
                                      ("jo", "logout", None, "done"), ("maria", "confirm", 1, "done"), ("maria", "case", 1, "done")):
        found = [one for one in lines if (one.get("who"), one["act"], one.get("letter"), one["outcome"]) == (who, act, letter, outcome)]
        check(f"{who}: {act}, {outcome}", found and all(one["from"].startswith("127.0.") for one in found), found)
    check("who set users, too", [one for one in lines if one["act"] == "remove-user" and one["about"] == "ana" and "from" not in one])
    check("a wrong name is not there", "nobody" not in text and "guess" not in text)
    check("no password, no note, no value, no file's name", not re.search("horse|four words|wrong password|called on|2023-|more.pdf|2026-014", text))
    keys = {key for one in lines for key in one}
    check("there is no place for any", keys == {"at", "who", "from", "act", "about", "letter", "outcome"}, keys)
    check("for its owner only", desk.audit.stat().st_mode & 0o777 == 0o600)
    looks = [one for one in lines if one.get("who") == "jo" and one["act"] == "look"]
    page = json.loads(maria.get("/api/audit")[2])["lines"]
    check("a reviewer reads it, the newest first", page == lines[::-1][:500], page[:2])
    check("a page that looks again and again is noted once", len(looks) <= sum(one["act"] == "login" and one.get("who") == "jo" for one in lines), looks)


def it_goes_on_after_a_restart(desk):
    before = desk.audit.read_bytes()
    check("it ends when asked", desk.stop() == 0)
    desk.start()
    maria = Person(desk, "maria", MARIA)
    check("what was written stays", desk.audit.read_bytes().startswith(before) and len(desk.audit.read_bytes()) > len(before))
    return maria


def readers_get_nothing_of_it(desk):
    """The processes that meet the files: no descriptor of the desk's comes into them."""
    children = [int(one) for one in pathlib.Path(f"/proc/{desk.program.pid}/task/{desk.program.pid}/children").read_text().split()]
    check("there is one", children)
    for child in children:
        held = [os.readlink(one) for one in pathlib.Path(f"/proc/{child}/fd").iterdir()]
        check("it has its socket and nothing else", len([one for one in held if one.startswith("socket:")]) == 1
              and all(one.startswith("socket:") or one == "/dev/null" or one.startswith("pipe:") for one in held), held)
        environment = pathlib.Path(f"/proc/{child}/environ").read_bytes()
        check("and nothing in its environment", MARIA.encode() not in environment)


# ---- other ways to stand ----

def users_on_loopback_log_in_too(folder):
    desk = Wide(folder, address="127.0.0.1", tls=False)
    desk.set_user("maria", "reviewer", MARIA)
    desk.start()
    maria = Person(desk, "maria", MARIA)
    check("without TLS its cookie has its plain name", maria.cookie.startswith("irsort=") and "Secure" not in maria.set_cookie)
    check("and it asks for none", "Strict-Transport-Security" not in maria.get("/")[1])
    check("a name of the network is none here", desk.ask("GET", "/login", host=f"desk.clinic.example:{desk.port}")[0] == 421)
    check("it ends when asked", desk.stop() == 0)


def it_is_reached_at_this_machines_own_address(folder):
    probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        probe.connect(("203.0.113.1", 9))
        address = probe.getsockname()[0]
    except OSError:
        address = "127.0.0.1"
    probe.close()
    if address.startswith("127."):
        print("  this machine has no address but loopback's")
        return
    desk = Wide(folder, address=address)
    desk.set_user("maria", "reviewer", MARIA)
    desk.start()
    maria = Person(desk, "maria", MARIA)
    check("it is there", maria.get("/api/docket")[0] == 200)
    with socket.socket() as loopback:
        check("and nowhere else", loopback.connect_ex(("127.0.0.1", desk.port)) != 0)
    check("it ends when asked", desk.stop() == 0)


def main():
    for attack in (others_cannot_reach_it_unguarded, passwords_are_typed_unseen, users_on_loopback_log_in_too, it_is_reached_at_this_machines_own_address):
        with tempfile.TemporaryDirectory() as folder:
            print(attack.__name__.replace("_", " "), flush=True)
            attack(folder)
    with tempfile.TemporaryDirectory() as folder:
        desk = Wide(folder)
        desk.set_user("maria", "reviewer", MARIA)
        desk.set_user("jo", "desk", JO)
        for i in range(8):
            desk.set_user(f"user{i}", "desk", JO)
        desk.start()
        maria, jo = Person(desk, "maria", MARIA), Person(desk, "jo", JO)
        check("a scan is taken", jo.post("/api/upload?name=lt11.pdf", SCAN)[0] == 200)
        while json.loads(jo.get("/api/inbox")[2])["items"][0]["state"] not in ("done", "failed"):
            time.sleep(0.2)
        for attack, people in ((only_tls_is_spoken, ()), (it_is_called_by_its_names_only, (maria,)), (answers_bear_what_tls_wants, (maria,)),
                               (only_a_password_lets_in, ()), (a_planted_cookie_is_worth_nothing, ()), (names_cannot_be_found_out_by_time, ()),
                               (guessing_is_slow, ()), (others_do_not_wait_for_passwords, (maria,)), (readers_get_nothing_of_it, ()),
                               (what_is_the_reviewers_is_refused_to_others, (maria, jo)),
                               (what_must_be_looked_at_is_closed_by_reviewers_only, (maria, jo)), (what_ends_takes_effect_at_once, (maria,)),
                               (logging_out_ends_it, ()), (all_of_it_is_written_down, (maria,))):
            print(attack.__name__.replace("_", " "), flush=True)
            attack(desk, *people)
        it_goes_on_after_a_restart(desk)
        a_users_file_that_was_opened_up_lets_nobody_in(desk)
        check("it ends when asked", desk.stop() == 0)
    finish()


if __name__ == "__main__":
    main()
