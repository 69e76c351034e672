#!/usr/bin/python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Attacks on the intake desk, each against one line of "What it keeps out" in docs/desk.md.

usage: tests/desk/attacks.py IRSORT SOURCE"""
import hashlib
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import tempfile
import threading
import time

from desk import SCAN, SOURCE, Desk, check, finish


def listens_on_loopback_only(desk):
    lines = pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]
    mine = [line.split()[1] for line in lines if line.split()[1].endswith(f":{desk.port:04X}") and line.split()[3] == "0A"]
    check("it listens on 127.0.0.1 and nowhere else", mine == [f"0100007F:{desk.port:04X}"], mine)
    six = pathlib.Path("/proc/net/tcp6")
    check("nor on IPv6", not six.exists() or f":{desk.port:04X} 0000" not in six.read_text())


def link_works_once(desk):
    check("a used link is no more", desk.ask("GET", f"/enter?key={desk.key}")[0] == 401)
    check("nor is any other", desk.ask("GET", "/enter?key=" + "0" * 64)[0] == 401)
    check("nor none", desk.ask("GET", "/enter")[0] == 401)


def cookie_is_kept_from_scripts_and_sites(desk):
    check("HttpOnly", "HttpOnly" in desk.set_cookie, desk.set_cookie)
    check("SameSite=Strict", "SameSite=Strict" in desk.set_cookie)
    check("no Domain", "domain" not in desk.set_cookie.lower())


def nothing_without_session(desk):
    for path in ("/", "/sheet?ids=1", "/events", "/api/start", "/api/words", "/api/inbox", "/api/docket", "/api/calendar", "/api/notices",
                 "/api/letter/1", "/api/letter/1/history", "/api/letter/1/page/1", "/api/letter/1/case"):
        for cookie in ({}, {"Cookie": "irsort=" + "0" * 64}, {"Cookie": desk.cookie + "; " + desk.cookie}, {"Cookie": "x" + desk.cookie}):
            status, _, body = desk.ask("GET", path, cookie)
            check(f"{path} is closed to {cookie}", status == 401 and b"4155" not in body, status)
    check("so is a change", desk.post("/api/letter/1/done", b'{"done":true}', {"Origin": desk.origin, "X-Irsort-Token": desk.token})[0] == 401)


def other_names_are_refused(desk):
    port = desk.port
    for host in ("evil.example", f"evil.example:{port}", f"127.0.0.1.nip.io:{port}", "127.0.0.1", f"0.0.0.0:{port}", f"[::]:{port}", ""):
        status = desk.ask("GET", "/api/start", {"Cookie": desk.cookie}, host=host)[0]
        check(f"a call by the name {host!r} is refused", status in (400, 421), status)
    raw = f"GET /api/start HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nHost: evil.example\r\nCookie: {desk.cookie}\r\nConnection: close\r\n\r\n"
    check("two names are refused", talk(desk, raw.encode()).startswith((b"HTTP/1.1 421", b"HTTP/1.1 400")))
    check("localhost is this desk", desk.ask("GET", "/api/start", {"Cookie": desk.cookie}, host=f"localhost:{port}")[0] == 200)


def forged_changes_are_refused(desk):
    body = b'{"done":true}'
    path = "/api/letter/1/done"
    own = desk.own()
    before = desk.get("/api/letter/1")[2]
    for what, headers in {
            "no origin": {k: v for k, v in own.items() if k != "Origin"},
            "another origin": {**own, "Origin": "http://evil.example"},
            "another port": {**own, "Origin": "http://127.0.0.1:1"},
            "a null origin": {**own, "Origin": "null"},
            "no token": {k: v for k, v in own.items() if k != "X-Irsort-Token"},
            "a wrong token": {**own, "X-Irsort-Token": "0" * 64},
            "the cookie for a token": {**own, "X-Irsort-Token": desk.cookie.split("=")[1]},
            "another site": {**own, "Sec-Fetch-Site": "cross-site"},
            "another port's page": {**own, "Sec-Fetch-Site": "same-site"}}.items():
        check(f"{what} changes nothing", desk.post(path, body, headers)[0] == 403)
        check(f"{what} uploads nothing", desk.post("/api/upload?name=x", SCAN, headers)[0] == 403)
    check("nothing was changed", desk.get("/api/letter/1")[2] == before)
    check("GET changes nothing", desk.get(path)[0] == 405)
    check("other sites cannot look either", desk.get("/api/docket", **{"Sec-Fetch-Site": "cross-site"})[0] == 403)
    check("one's own page may", desk.post(path, body, {**own, "Sec-Fetch-Site": "same-origin"})[0] == 200)


def answers_bear_their_headers(desk):
    for path, cookie in (("/", desk.cookie), ("/api/letter/1", desk.cookie), ("/sheet?ids=1", desk.cookie), ("/", ""), ("/assets/app.js", ""),
                         ("/nowhere", ""), ("/api/letter/1/page/1", desk.cookie)):
        headers = desk.ask("GET", path, {"Cookie": cookie})[1]
        policy = headers["Content-Security-Policy"]
        check(f"{path}: nothing but its own", "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy)
        check(f"{path}: not framed", "frame-ancestors 'none'" in policy)
        check(f"{path}: not kept", headers["Cache-Control"] == "no-store")
        check(f"{path}: type is as said", headers["X-Content-Type-Options"] == "nosniff" and headers["Content-Type"])
        check(f"{path}: no one else may read it", "Access-Control-Allow-Origin" not in headers)


def page_asks_nobody_else(_desk):
    for file in (SOURCE / "src/desk/web").iterdir():
        text = file.read_text()
        outside = [url for url in re.findall(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}", text) if "www.w3.org" not in url]
        check(f"{file.name} names no other machine", not outside, outside)
        check(f"{file.name} makes no HTML of text", not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", text))


def uploads_are_cut(desk):
    scans = pathlib.Path(f"{desk.docket}.scans")
    status, _, _ = desk.ask("POST", "/api/upload?name=x", desk.own(**{"Content-Length": str((256 << 20) + 1)}))
    check("a length that is too large is refused at once", status == 413, status)
    head = f"POST /api/upload?name=x HTTP/1.1\r\nHost: 127.0.0.1:{desk.port}\r\n" + "".join(f"{k}: {v}\r\n" for k, v in desk.own().items())
    with socket.create_connection(("127.0.0.1", desk.port)) as connection:
        connection.sendall((head + "Transfer-Encoding: chunked\r\n\r\n").encode())
        chunk = b"100000\r\n" + bytes(1 << 20) + b"\r\n"
        sent = 0
        try:
            while sent < 300:
                connection.sendall(chunk)
                sent += 1
            connection.sendall(b"0\r\n\r\n")
            answer = connection.recv(65536)
        except OSError:
            answer = b"HTTP/1.1 413"
    check("one that says no length is cut", answer.startswith(b"HTTP/1.1 413"), answer[:80])
    left = [path.name for path in (scans / "waiting").iterdir()]
    check("nothing of it stays", left == [], left)
    with socket.create_connection(("127.0.0.1", desk.port)) as connection:
        connection.sendall((head + "Content-Length: 1000000\r\n\r\n").encode() + bytes(1000))
        time.sleep(0.5)
    time.sleep(1.5)
    check("nor of one that breaks off", list((scans / "waiting").iterdir()) == [])
    status, _, _ = desk.post("/api/letter/1/note", b'{"text":"' + b"a" * (20 << 10) + b'"}')
    check("a long request is refused", status == 413, status)
    for body in (b"", b"[]", b"{", b'{"text":1}', b'{"text":"a","text":"b"}', b'{"text":"\\u0000"}', b"\xff", b'"' + b"[" * 9000):
        status, _, _ = desk.post("/api/letter/1/note", body)
        check(f"{body[:30]!r} is refused", status in (400, 422), status)


def names_are_only_names(desk):
    for name, kept in (("../../../etc/cron.d/x", "x"), ("..", "scan"), ("%00", "%00"), ("a%0d%0aSet-Cookie:%20x=1", "aSet-Cookie: x=1"),
                       ("000-12-3456.pdf", "XXX-XX-3456.pdf"), ("%E2%80%AEgpj.exe", "gpj.exe")):
        answer = json.loads(desk.upload(SCAN + name.encode(), name)[2])
        check(f"{name} is shown as {kept}", answer["file"] == kept, answer["file"])
    desk.wait_read()
    wild = [p for p in desk.folder.rglob("*") if p.is_file() and not re.match(
        r"docket\.db(-wal|-shm)?$|irsort\.yaml$|docket\.db\.scans/[0-9a-f]{64}/(scan|page-\d+(-full)?\.png)$", str(p.relative_to(desk.folder)))]
    check("no name became a path", wild == [], wild)
    open_modes = [p for p in desk.folder.rglob("*") if p.name != "irsort.yaml" and p.stat().st_mode & 0o077]
    check("all of it is for its owner only", open_modes == [], open_modes)


def no_number_on_any_page(desk):
    for path in ("/api/inbox", "/api/docket?state=all", "/api/letter/1", "/api/letter/1/history", "/api/letter/1/case", "/sheet?ids=1"):
        found = re.findall(rb"\b\d{3}-\d{2}-\d{4}\b|\b\d{2}-\d{7}\b", desk.get(path)[2])
        check(f"{path} shows no whole taxpayer number", found == [], found)
    check("a note with one is refused", desk.post("/api/letter/1/note", b'{"text":"SSN 000-12-3456"}')[0] == 422)


def hostile_scans_are_read_in_the_box(desk):
    for body in (b"%PDF-1.7\n" + os.urandom(5000), b"MZ" + bytes(500), b"\x89PNG\r\n\x1a\n" + b"\xff" * 300, b"<html><script>alert(1)</script>"):
        check("it is taken", desk.upload(body)[0] == 200)
    items = desk.wait_read()
    check("and refused by the reader", sum(item["state"] == "failed" for item in items) >= 4)
    check("an empty one is refused", desk.upload(b"")[0] == 422)
    check("what cannot be read is not kept", list(pathlib.Path(f"{desk.docket}.scans/waiting").iterdir()) == [])
    check("the desk goes on", desk.get("/api/docket")[0] == 200)


def paths_lead_nowhere(desk):
    for path in ("/assets/../desk.html", "/assets/%2e%2e/x", "/assets//etc/passwd", "/api/letter/1/page/../../..", "/api/letter/0", "/api/letter/-1",
                 "/api/letter/99999999999999999999", "/api/letter/1/page/99999", "//evil.example/", "/api/letter/1%00/done"):
        status = desk.get(path)[0]
        check(f"{path} is not there", status in (404, 400), status)
    for method in ("PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "X"):
        status = desk.ask(method, "/api/docket", {"Cookie": desk.cookie})[0]
        check(f"{method} is not known", status in (400, 405, 501), status)


def talk(desk, bytes_):
    with socket.create_connection(("127.0.0.1", desk.port), timeout=20) as connection:
        connection.sendall(bytes_)
        answer = b""
        try:
            while part := connection.recv(65536):
                answer += part
        except OSError:
            pass
    return answer


def nonsense_ends_a_connection(desk):
    for bytes_ in (b"\0" * 100 + b"\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET " + b"a" * 70000 + b" HTTP/1.1\r\n\r\n",
                   b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 20000 + b"\r\n", b"POST /api/who HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                   b"POST /api/who HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n"):
        answer = talk(desk, bytes_)
        check(f"{bytes_[:30]!r} gets nothing", not answer.startswith(b"HTTP/1.1 200"), answer[:60])
    check("the desk goes on after nonsense", desk.get("/api/docket")[0] == 200)


def slow_clients_do_not_hold_it(desk):
    """200 connections at a time that send a head byte by byte; meanwhile others are served, and the slow ones are ended."""
    slow = [socket.create_connection(("127.0.0.1", desk.port)) for _ in range(200)]
    ended = 0
    slowest = 0.0
    begin = time.monotonic()
    while time.monotonic() - begin < 13:
        for connection in slow:
            try:
                connection.send(b"G")
            except OSError:
                pass
        at = time.monotonic()
        check("it answers beside 200 slow clients", desk.get("/api/docket")[0] == 200)
        slowest = max(slowest, time.monotonic() - at)
        time.sleep(1)
    for connection in slow:
        connection.settimeout(0.2)
        try:
            while connection.recv(1000):
                pass
            ended += 1
        except socket.timeout:
            pass
        except OSError:
            ended += 1
        connection.close()
    check("it answers them soon", slowest < 2, slowest)
    check("the slow ones are ended", ended == 200, ended)


def two_hundred_at_a_time_are_served(desk):
    wrong = []

    def call():
        try:
            status = desk.get("/api/docket?state=all")[0]
        except OSError as problem:
            status = problem
        if status != 200:
            wrong.append(status)

    threads = [threading.Thread(target=call) for _ in range(200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    check("200 requests at a time get their answers", wrong == [], wrong[:5])


def streams_are_bounded_and_end_with_the_session(desk):
    streams = []
    for _ in range(80):
        connection = http.client.HTTPConnection("127.0.0.1", desk.port, timeout=30)
        connection.request("GET", "/events", headers={"Cookie": desk.cookie})
        streams.append((connection, connection.getresponse()))
    check("open pages are bounded", sum(answer.status == 503 for _, answer in streams) == 16)
    check("it answers beside them", desk.get("/api/docket")[0] == 200)
    check("locking answers", desk.post("/api/lock", b"{}")[0] == 200)
    text = streams[0][1].read()
    check("the streams say so and end", text.endswith(b"event: locked\ndata: {}\n\n"), text[-80:])
    check("the cookie is worth nothing", desk.get("/api/start")[0] == 401)
    link = desk.program.stdout.readline().strip()
    check("a new link is told", link.startswith(desk.origin + "/enter?key=") and link != desk.link, link)
    for connection, _ in streams:
        connection.close()


def killed_it_loses_no_upload(folder):
    desk = Desk(folder)
    body = SCAN + b"killed"
    check("the upload is taken", desk.upload(body, "kept.pdf")[0] == 200)
    desk.stop(signal.SIGKILL)
    desk.start()
    items = desk.wait_read()
    check("it is read after the crash", [item["file"] for item in items] == ["kept.pdf"] and items[0]["state"] == "done", items)
    rows = json.loads(desk.get("/api/docket?state=all")[2])["rows"]
    check("and on the docket once", {row["letter"]["source"]["sha256"] for row in rows} == {hashlib.sha256(body).hexdigest()})
    again = json.loads(desk.upload(body, "again.pdf")[2])
    check("dropped again it is known", again["state"] == "done" and again["repeat"] and again["letters"] == items[0]["letters"], again)
    check("it ends when asked", desk.stop() == 0)


def main():
    with tempfile.TemporaryDirectory() as folder:
        desk = Desk(folder)
        check("a scan is taken", desk.upload(SCAN, "lt11.pdf")[0] == 200)
        desk.wait_read()
        for attack in (listens_on_loopback_only, link_works_once, cookie_is_kept_from_scripts_and_sites, nothing_without_session,
                       other_names_are_refused, answers_bear_their_headers, page_asks_nobody_else, paths_lead_nowhere, forged_changes_are_refused,
                       uploads_are_cut, no_number_on_any_page, names_are_only_names, hostile_scans_are_read_in_the_box, nonsense_ends_a_connection,
                       two_hundred_at_a_time_are_served, slow_clients_do_not_hold_it, streams_are_bounded_and_end_with_the_session):
            print(attack.__name__.replace("_", " "), flush=True)
            attack(desk)
        check("it ends when asked", desk.stop() == 0)
    with tempfile.TemporaryDirectory() as folder:
        print("killed it loses no upload")
        killed_it_loses_no_upload(folder)
    finish()


main()
