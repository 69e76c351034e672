#!/usr/bin/env python3
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Makes the seeds of the fuzz harnesses: seeds.py [FOLDER], by default seeds/ beside it.

The same files come out each time. `seeds.py --check` compares instead of writing. Files whose name begins with
"found-" are inputs that once broke something; they are kept by hand. Every person in the seeds is invented."""
import json
import pathlib
import random
import struct
import sys
import zlib

HERE = pathlib.Path(__file__).resolve().parent


def text(*parts):
    return b"".join(p if isinstance(p, bytes) else p.encode() for p in parts)


# ---- pattern files -------------------------------------------------------------------------------------------

NOTICE = """id: LT11
printed: LT11
style: lt
class: cdp-levy-notice
title: {en: "A title", es: "Un título"}
numbers: [LT11, L1058]
titles:
  - text: A heading
  - text: Another heading
    unverified: yes
phrases:
  - text: some words
excludes:
  - regex: 'cp\\s?504'
    why: it is another
what: {en: w, es: q}
means: {en: m, es: s}
came: {en: c, es: v}
next: {en: n, es: p}
rights:
  - track: cdp-levy
    available: "yes"
    clock: cdp-levy-30
    note: {en: note, es: nota}
  - track: equivalent-hearing-levy
    available: conditional
    clock: eh-levy
    condition: {en: if, es: si}
  - track: section-7429
    available: "no"
    authority: [IRC 7429]
sources: [a page]
certainty: high
"""

CLOCK = """name: cdp-levy-30
track: cdp-levy
kind: statutory
printed: hearing_by
count:
  from: notice-date
  first: {count: 5, unit: business-days}
  period: {count: 30, unit: days}
  roll: yes
safe:
  from: lien-filed
  period: {count: 1, unit: years}
  roll: no
follow_ups:
  - name: tell-the-officer
    count: {from: conference, period: {count: 2, unit: business-days}, roll: no}
    what: {en: "Tell the officer", es: "Avise al oficial"}
form: "12153"
how: {en: "Send it", es: "Envíelo"}
effect: {en: "It stops", es: "Se detiene"}
authority: ["IRC 6330", "IRC 7503"]
sources: [a statute, a book]
checked: 2026-01-05
certainty: high
"""

FIELDS = """fields:
  - field: notice_date
    shape: date
    labels:
      - regex: 'notice date'
        zone: header
        below: yes
  - field: amount_due
    shape: money
    labels:
      - {regex: 'amount\\s+due', zone: any}
"""

MAIL = """letterhead:
  - {regex: 'internal revenue', name: irs, weight: 3.5}
enclosures:
  - {regex: '(form \\d{4,5})', name: form, weight: 2}
imitations:
  - {regex: 'tax relief', name: advertisement, weight: 4}
"""

OTHERS = """others:
  - {number: CP504B, printed: CP 504B, title: A business warning}
  - {number: L105C, printed: Letter 105C, title: A claim}
"""

CONFUSIONS = "# counts\n5\t5\t9900\n5\tS\t80\n5\t-\t20\n-\t'\t30\n#\t#\t4\n"

ODD_VALUES = ["", "~", "null", "[]", "{}", "*x", "&x y", "-1", "99999999999999999999", "1e400", ".nan", "'", '"', "|",
              ">", "!!int x", "%YAML 2.0", "\t", "é", "\u202e", "x" * 70, "[" * 40, "{a: {a: {a: {a: b}}}}", "---", "..."]


def yaml_variants(whole):
    """The file, and the file with one line gone, doubled, moved inwards or with another value."""
    lines = whole.split("\n")[:-1]
    yield whole
    for i, line in enumerate(lines):
        yield "\n".join(lines[:i] + lines[i + 1:]) + "\n"
        yield "\n".join(lines[:i + 1] + [line] + lines[i + 1:]) + "\n"
        if ":" in line:
            head = line[:line.index(":") + 1]
            odd = ODD_VALUES[i % len(ODD_VALUES)]
            yield "\n".join(lines[:i] + [head + " " + odd] + lines[i + 1:]) + "\n"
        if i % 4 == 0:
            yield "\n".join(lines[:i] + [" " + line] + lines[i + 1:]) + "\n"


def patterns():
    for letter, whole, every in (("n", NOTICE, 2), ("f", FIELDS, 1), ("m", MAIL, 1), ("o", OTHERS, 1)):
        for i, variant in enumerate(yaml_variants(whole)):
            if i % every == 0:
                yield text(letter, variant)
    for odd in ODD_VALUES:
        yield text("n", odd)
    for regex in ("(a+)+b", "(?<!a)b", "[[:digit:]]+", "a{1,30}{1,30}", "\\C", "(?R)", "(*ACCEPT)", "x*"):
        yield text("n", NOTICE.replace("cp\\s?504", regex))
    for line in ("", "5\t5\n", "5\t5\t-1\n", "5\t5\t1e300\n", "-\t-\t1\n", "ab\tc\t1\n", "5\t5\t1\t2\n", "é\t5\t1\n", "x" * 300):
        yield text("c", CONFUSIONS, line)
    yield text("c", "\0")


def clock():
    yield from (text(v) for v in yaml_variants(CLOCK))
    for unit in ("days", "business-days", "years", "weeks"):
        for count in (0, 1, 10, 30, 3660, 3661, 4294967296):
            yield text(CLOCK.replace("{count: 30, unit: days}", "{count: %d, unit: %s}" % (count, unit)))
    for start in ("notice-date", "lien-filed", "conference", "conference-asked", "seizure-notice", "review-asked"):
        yield text(CLOCK.replace("from: notice-date", "from: " + start))
    for day in ("2026-02-30", "2999-01-01", "1899-12-31", "today", "2024-02-29"):
        yield text(CLOCK.replace("2026-01-05", day))


# ---- patterns and texts --------------------------------------------------------------------------------------

REGEXES = ["cp\\s?504", "notice\\s+date", "\\b(amount|balance)\\s+due\\b", "(?<!not )intent to levy", "form\\s+(\\d{4,5})",
           "(a|b)*c", "(a+)+$", "(.*)*x", "([a-z]+)*1", "(?:x?){20}x{20}", "\\p{Lu}{2}\\d+", "[^\\n]*levy", "(?i)Á",
           "(", ")", "[", "a{2,1}", "a**", "a*+b", "(?<n>a)(?&n)", "(?R)?a", "\\Qa.b\\E", "(?=a)", "a\\K", "(?<=a)b", "\\R+", "\\X",
           "(*UTF)a", "(*LIMIT_MATCH=1)a", "^$", "\\d+-\\d+-\\d+", "(((((((((((a)))))))))))", "[\\w-]+@", "\\x{110000}", "[[:alpha:]]",
           "[^[:space:]]+\\s", "(?|a(b)|c(d))", "(?#x)a", "\\1(a)", "(a)\\1+", "a(?!b)", "a{0,50}a{0,50}a{50}", "é+", "\\", "x{,3}"]
SUBJECTS = [b"Notice CP504 of January 13, 2025", b"a" * 60, b"aaaaaaaaaaaaaaaaaaaaaaaaaab", b"", b"\xff\xfe\x80 levy", "Ávila é".encode(),
            b"123-45-6789\nform 12153\r\n", b"ab" * 40 + b"c"]


def regex():
    for i, pattern in enumerate(REGEXES):
        for k in range(3):
            yield text(pattern, b"\0", SUBJECTS[(i + 3 * k) % len(SUBJECTS)])


# ---- values --------------------------------------------------------------------------------------------------

EN = "January February March April May June July August September October November December".split()
ES = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split()


def dates():
    for m in range(12):
        yield text("Notice date %s %d, %d" % (EN[m], 28 + m % 4, 2015 + m))
        yield text("%s. %d, %d" % (EN[m][:3], m + 1, 2024))
        yield text("%d de %s de %d" % (3 * m + 1 if m < 9 else m, ES[m], 2020 + m))
        yield text("%02d/%02d/%d" % (m + 1, 2 * m + 1, 2010 + m), " and %d-%d-%d" % (m + 1, m + 2, 1990 + m))
        yield text("tax periods: %d, %d and %s 31, %d" % (2000 + m, 2001 + m, EN[m], 2002 + m))
        yield text("%d-%02d-%02d" % (1899 + 30 * m, m + 1, 29 + m % 3))
        yield text("%s %d, %s" % (EN[m].replace("e", "c", 1), 10 + m, str(2000 + m).replace("0", "O", 1)))
    for odd in ("February 29, 2023", "February 29, 2024", "Sept. 31, 2025", "May l3, 2O25", "Januery 13 2025", "13 de enem de 2025",
                "00/00/0000", "13/13/2025", "1/1/25", "June 5, 20255", "Marchapril 4, 2020", "DEC 31 1949", "December 31, 2100",
                "1 / 2 / 2021", "1-2/2021", "May 5,, 2020.", "mayo 5, 2020", "2 de de 2020", "||/ll/2020", "2025-01-13x", "99999-01-01"):
        yield text(odd)


def amounts():
    numbers = ["123-45-6789", "123 45 6789", "12-3456789", "123456789", "XXX-XX-4417", "***-**-9281", "XX-XXX7316", "1234567890",
               "123-45-678", "12-34567890", "0-123-45-6789", "123-45-6789-0", "a123456789b", "12 3456789", "123-45 6789", "9 8 7 6 5 4 3 2 1",
               "123\u201345\u20136789", "123 - 45 - 6789", "9O0-l2-4417", "12\u20143456789", "123-456789", "66002-0001"]
    sums = ["$1,234.56", "$0.01", "1,234.56", "$12,34.56", "$ 99", "$1,234,567.89", "$123456789012345678901234567890.00", "1.234,56",
            "$5.", "$5.1", "$.50", "$1,23", "-$4.00", "$4.00-", "$1 234.00", "$7.000"]
    phones = ["1-800-829-1040", "(800) 829-1040", "800.829.1040", "800 829 1040", "18008291040", "8008291040", "800-829-10400", "(800 829 1040",
              "1 (800) 829 - 1040", "829-1040"]
    for n in numbers:
        yield text("SSN ", n)
        yield text(n, " and ", n)
    for i, s in enumerate(sums):
        yield text("Amount due ", s)
        yield text("Amount due: ", s, ", by ", numbers[i % len(numbers)])
    for p in phones:
        yield text("call ", p, " now")
        yield text("x", p, "1")
    for pages in ("Page 1 of 3", "Page 1 of 0", "1 of l2", "of 100", "of 9 9", "3 of 4 5"):
        yield text(pages)
    for i, n in enumerate(numbers):
        yield text(n[::-1], " $", str(7 ** i), ".", str(i), "0 ", phones[i % len(phones)])


def number():
    tokens = ["CP504", "CP 504", "CPSO4", "CP504B", "CP504.", "CP504'", "CP297?", "CP297¢", "CP297C", "CP297 C", "LT11", "LTII", "LT 11",
              "1058", "1058 (DO)", "3172(DO)", "2272C", "22720", "2272€", "CP90", "CP90C", "CP90©", "CP49", "CP9O", "CP", "", "CP5", "XX",
              "CP50412345", "LTR 2272C", "CP-504", "CP—504", "cp504", "CP504§", "504", "Notice", "CP504,", "CP5O4B"]
    for i in range(4):
        for k, token in enumerate(tokens):
            yield bytes([(7 * k + 9 * i) % 31, (13 * k + 17 * i) % 51]) + text(token)


# ---- pages ---------------------------------------------------------------------------------------------------

LETTERHEAD = ["6 40 Department of the Treasury", "6 54 Internal Revenue Service", "6 68 Ogden, UT 84201-0039"]
BODIES = {
    "CP504": ("Notice of intent to levy", ["Amount due immediately: $2,345.67", "If you don't call us immediately or pay the amount due by",
                                           "February 12, 2025, we may seize (levy) your state income tax refund"]),
    "LT11": ("Notice of Intent to Levy and Notice of Your Right to a Hearing",
             ["Please respond immediately", "request a Collection Due Process hearing within 30 days", "Form 12153"]),
    "CP90": ("Intent to seize your assets and notice of your right to a hearing", ["Amount due: $9,876.00", "file Form 12153"]),
    "CP523": ("Intent to terminate your installment agreement", ["Termination date March 3, 2025", "Seize your assets"]),
    "CP297A": ("Notice of levy and notice of your right to a hearing", ["Amount due: $100.00"]),
    "CP14": ("You have unpaid taxes for 2022", ["Amount due by January 30, 2025 $50.00"]),
}


def page(number, style="Notice", date="January 13, 2025", tin="XXX-XX-4417", pageno="Page 1 of 3", extra=()):
    title, body = BODIES.get(number.replace(" ", ""), ("A letter", ["Some words that say little"]))
    lines = list(LETTERHEAD)
    lines += ["55 40 %s" % style, "77 40 %s" % number, "55 54 Notice date", "77 54 %s" % date, "55 68 Social Security number",
              "77 68 %s" % tin, "55 82 To contact us", "77 82 Phone 1-800-829-0922", "55 96 %s" % pageno, "10 150 ROSALIND TESTPERSON",
              "10 164 14 IMAGINED LANE", "6 230 %s" % title]
    lines += ["6 %d %s" % (300 + 14 * i, line) for i, line in enumerate(body)]
    lines += ["6 780 Payment coupon", "55 800 %s %s" % (style, number), "55 820 Notice date", "77 820 %s" % date]
    return "\n".join(lines + list(extra)) + "\n"


def pages():
    numbers = list(BODIES) + ["CP 504", "CP504B", "CPSO4", "CP297?", "LT 11", "2272C", "CP297C", ""]
    for n in numbers:
        yield text(page(n))
        yield text(page(n, tin="123-45-6789", date="January l3, 2025~70"))
        yield text(page(n, style="Aviso", date="13 de enero de 2025", extra=["6 350 de la el su que del los usted"]))
        yield text(page(n, extra=["6 850 Notice CP503", "40 960 Letter 1058 (Rev. 9-2017)"]))
    for a, b in (("CP504", "LT11"), ("LT11", "LT11"), ("CP90", "CP14"), ("CP504", "CP297A"), ("CP523", "CP504")):
        yield text(page(a), "P\n", page(b, pageno="Page 2 of 3"))
        yield text(page(a), "P\n6 40 Page 2 of 3\n6 60 text\nP\n", page(b), "P\n6 960 Form 12153 (Rev. 7-2022)\n")
    for number, foot in (("1058", "Letter 1058 (Rev. 9-2017) Catalog Number 40488S"), ("3172", "Letter 3172 (DO) (Rev. 6-2011)"),
                         ("2439", "Letter 2439 (Rev. 4-2018)")):
        yield text("\n".join(LETTERHEAD), "\n6 230 Notice of Federal Tax Lien Filing\n60 960 %s\n" % foot)
        yield text("\n".join(LETTERHEAD), "\n55 40 LTR %sC\n55 54 Date of this notice: May 6, 2025\n" % number)
    for ad in ("Tax relief now! Call 1-800-555-0100 about your CP504", "State of Imagination Department of Revenue Notice of levy",
               "Request for a Collection Due Process or Equivalent Hearing Form 12153", "Publication 1660 Collection Appeal Rights",
               "RE: Notice CP504 Dear Sir or Madam", "www.irs.gov/cp504 www.irs.gov/lt11"):
        yield text("6 40 %s\n6 60 %s\n" % (ad, ad[::-1]))
        yield text("\n".join(LETTERHEAD), "\n6 200 %s\n" % ad)
    maker = random.Random(504)
    whole = page("CP504").split("\n")
    for i in range(24):
        some = [line for line in whole if maker.random() > 0.02 * i]
        maker.shuffle(some) if i % 2 else None
        yield text("\n".join(some))


# ---- JSON ----------------------------------------------------------------------------------------------------

def letter(**changes):
    one = {"source": {"pages": [1, 2, 3]}, "status": "identified",
           "notice": {"id": "CP504", "printed": "CP 504", "confidence": 0.998, "language": "en"},
           "candidates": [{"id": "CP504", "confidence": 0.998}],
           "evidence": [{"kind": "number", "rule": "CP504/number", "page": 1, "box": [0.79, 0.04, 0.92, 0.06], "text": "CP504"}],
           "fields": {"notice_date": {"value": "2025-01-13", "page": 1, "box": [0.79, 0.07, 0.92, 0.09], "confidence": 0.99},
                      "amount_due": {"value": "2345.67", "page": 1, "box": [0, 0, 1, 1], "confidence": 0.5},
                      "tin_last4": {"value": "4417", "page": 1, "box": [0, 0, 0, 0], "confidence": 1},
                      "tax_periods": [{"value": "2022", "page": 2, "box": [0.1, 0.2, 0.3, 0.4], "confidence": 0.7}]},
           "warnings": []}
    one.update(changes)
    return one


ODD_JSON = [None, True, 0, -1, 1.5, 1e308, "", "x" * 500, "a\nb", "\u202e", "\u0000", [], [[]], {}, {"a": {}}, [1, 2, 3, 4], 10001,
            "2025-02-30", "12345", ["a"] * 30, -0.0, 2 ** 53]


def broken_letters():
    yield letter()
    odd = 0
    for path in (("source",), ("source", "pages"), ("status",), ("notice",), ("notice", "id"), ("notice", "printed"), ("notice", "confidence"),
                 ("notice", "language"), ("candidates",), ("candidates", 0), ("candidates", 0, "id"), ("evidence",), ("evidence", 0, "box"),
                 ("evidence", 0, "page"), ("evidence", 0, "text"), ("evidence", 0, "kind"), ("fields",), ("fields", "notice_date", "value"),
                 ("fields", "notice_date"), ("fields", "tax_periods"), ("fields", "tin_last4", "value"), ("fields", "amount_due", "box"), ("warnings",)):
        for _ in range(4):
            copy = json.loads(json.dumps(letter()))
            at = copy
            for step in path[:-1]:
                at = at[step]
            at[path[-1]] = ODD_JSON[odd % len(ODD_JSON)]
            odd += 1
            yield copy
    yield letter(status="review", notice={"id": None, "printed": None, "confidence": 0, "language": "es"},
                 warnings=[{"code": "number-unsure", "text": "the number could be read in more than one way"}] * 3)
    yield letter(candidates=[{"id": "CP504", "confidence": 0.1}] * 6)
    yield letter(source={"pages": list(range(1, 400))})
    yield letter(source={"pages": [3, 2, 1]})
    for status in ("irs-unlisted", "not-irs", "blank", "unreadable"):
        yield letter(status=status, notice={"id": None, "printed": "CP 14", "confidence": 1, "language": "en"})


def letter_json():
    for one in broken_letters():
        yield text(json.dumps(one))
    for raw in ("", "{", "[]", "nul", '{"a":1,"a":2}', '{"source":{"pages":[1]}}', "[" * 3000, '"\\ud800"'):
        yield text(raw)


def wire():
    def from_child(body, serial=7, length=None):
        body = text(body)
        return b"\0" + struct.pack(">II", len(body) if length is None else length, serial) + body
    for i, one in enumerate(broken_letters()):
        if i % 2 == 0:
            yield from_child(json.dumps({"letters": [one]}))
        if i % 8 == 0:
            yield from_child(json.dumps({"letters": [letter(), one]}))
    for body in ('{"ready": true}', '{"ready": 1}', '{"error": {"code": "damaged", "message": "this file is damaged"}}',
                 '{"error": {"code": "none", "message": "x"}}', '{"error": {"code": "x", "message": "y"}}', '{"letters": []}',
                 '{"error": {"code": "timeout", "message": "\\u001b[31m"}}', '{"error": 1}', '{"letters": {}}', '{"letters": [1]}', "", "\xff",
                 '{"error": {"code": "usage", "message": "%s"}}' % ("x" * 1100), '{"letters": [], "letters": []}', "[" * 2100):
        yield from_child(body)
        yield from_child(body, serial=8)
    for length in (0, 1, (64 << 20), (64 << 20) + 1, 2 ** 32 - 1):
        yield from_child("{}", length=length)
    request = struct.pack(">II", 0x69727331, 5)
    for riding in range(3):
        for body in (request, request[:7], request + request, request + b"\0", b"\0" * 8, struct.pack(">II", 0x69727332, 5), b"x",
                     request * 40, b"irs1", request + request[:4]):
            yield bytes([1, riding]) + body
    for body in ('{"page":3,"pages":12}', '{"page":2000,"pages":2000}', '{"page":13,"pages":12}', '{"page":0,"pages":-1}',
                 '{"page":1.5,"pages":2}', '{"page":1}'):
        yield from_child(body)


# ---- PDF -----------------------------------------------------------------------------------------------------

def pdf_file(objects, trailer="", header=b"%PDF-1.5\n", xref=True):
    out = bytearray(header)
    places = []
    for i, body in enumerate(objects):
        places.append(len(out))
        out += text("%d 0 obj\n" % (i + 1), body, "\nendobj\n")
    start = len(out)
    if xref:
        out += text("xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
        for place in places:
            out += text("%010d 00000 n \n" % place)
    out += text("trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start))
    return bytes(out)


def stream(data, extra=""):
    data = text(data)
    return text("<</Length %d%s>>\nstream\n" % (len(data), extra), data, "\nendstream")


def pdf_page(content, resources="", box="0 0 306 396", page_extra="", objects=(), trailer="", **more):
    return pdf_file(["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
                     "<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 4 0 R/Resources<<%s>>%s>>" % (box, resources, page_extra),
                     stream(content)] + list(objects), trailer, **more)


def pdf():
    maker = random.Random(7)
    font = "/Font<</F1 5 0 R>>"
    font_object = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
    words = "BT /F1 12 Tf 20 360 Td (Notice CP504) Tj 0 -20 Td (January 13, 2025) Tj ET"
    grey = bytes(255 if (x // 8 + y // 8) % 5 else 0 for y in range(80) for x in range(62))
    picture = "/XObject<</I 5 0 R>>"
    place = "q 306 0 0 396 0 0 cm /I Do Q"

    def image(extra="", data=grey, width=62, height=80, bits=8, space="/DeviceGray"):
        return stream(data, "/Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent %d/ColorSpace%s%s"
                      % (width, height, bits, space, extra))
    base = [pdf_page(words, font, objects=[font_object]),
            pdf_page(words + " 3 Tr (x) Tj", font, objects=[font_object]),
            pdf_page(place, picture, objects=[image()]),
            pdf_page(place, picture, objects=[image("/Filter/FlateDecode", zlib.compress(grey, 0))]),
            pdf_page(place, picture, objects=[image("/Filter/DCTDecode", jpeg(62, 80))]),
            pdf_page(place, picture, objects=[image("/Filter/ASCIIHexDecode", grey.hex() + ">")]),
            pdf_page(place, picture, objects=[image("/Filter/RunLengthDecode", b"\x9f\x80" * 40 + b"\x80")]),
            pdf_page(place, picture, objects=[image("/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns 62/Rows 80>>", b"\0\x10\x01" * 20, bits=1)]),
            pdf_page(place, picture, objects=[image(data=grey[:80 * 8], bits=1)]),
            pdf_page(place, picture, objects=[image("/ImageMask true/Decode[1 0]", grey[:640], bits=1, space="")]),
            pdf_page(place, picture, objects=[image("/SMask 5 0 R")]),
            pdf_page(place, picture, objects=[image(space="[/Indexed/DeviceRGB 1 <000000FFFFFF>]")]),
            pdf_page(place, picture, objects=[image(space="/DeviceCMYK")]),
            pdf_page(place, picture, objects=[image(width=60000, height=60000)]),
            pdf_page(place, picture, objects=[image(width=0, height=-3)]),
            pdf_page("q 0 306 -396 0 306 0 cm /I Do Q", picture, objects=[image()]),
            pdf_page("/I Do", picture, objects=[stream("/I Do", "/Type/XObject/Subtype/Form/BBox[0 0 1 1]/Resources<</XObject<</I 5 0 R>>>>")]),
            pdf_page("0 0 306 396 re f " * 30, ""), pdf_page("", ""), pdf_page("q " * 600 + "Q " * 600, ""),
            pdf_page("BI /W 8 /H 8 /BPC 8 /CS /G ID " + "x" * 64 + " EI", "")]
    for extra in ("/Rotate 90", "/Rotate 180", "/Rotate 270", "/Rotate 45", "/UserUnit 10", "/CropBox[10 10 100 100]", "/CropBox[0 0 0 0]",
                  "/Annots[5 0 R]"):
        base.append(pdf_page(words, font, page_extra=extra, objects=[font_object]))
    for box in ("0 0 0 0", "0 0 1 1", "0 0 14400 14400", "306 396 0 0", "0 0 1e9 1e9", "-100 -100 206 296", "0 0 10 5000", "a b c d"):
        base.append(pdf_page(words, font, box=box, objects=[font_object]))
    base.append(pdf_page(words, font, objects=[font_object], trailer="/Encrypt<</Filter/Standard/V 1/R 2/O(%s)/U(%s)/P -4>>/ID[(a)(b)]" % ("x" * 32, "y" * 32)))
    base.append(pdf_page(words, font, objects=[font_object], header=b"junk before\n%PDF-1.4\n"))
    base.append(pdf_page(words, font, objects=[font_object], xref=False))
    for pages_object in ("<</Type/Pages/Kids[2 0 R]/Count 1>>", "<</Type/Pages/Kids[]/Count 0>>", "<</Type/Pages/Kids[3 0 R 3 0 R 3 0 R]/Count 3>>",
                         "<</Type/Pages/Kids[3 0 R]/Count 3000>>", "<</Type/Pages/Kids[9 0 R]/Count 1>>", "<</Type/Pages/Kids[3 0 R]/Count -1>>"):
        base.append(pdf_file(["<</Type/Catalog/Pages 2 0 R>>", pages_object, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 30 40]>>"]))
    base.append(b"%PDF-1.4\n")
    yield from base
    for i in range(1, 10):
        yield base[0][:len(base[0]) * i // 10]
        yield base[3][:len(base[3]) * i // 10]
    for i in range(36):
        copy = bytearray(base[i % len(base)])
        for _ in range(1 + i % 5):
            copy[maker.randrange(9, max(10, len(copy)))  % len(copy)] ^= 1 << maker.randrange(8)
        yield bytes(copy)


# ---- pictures ------------------------------------------------------------------------------------------------

class Bits:
    def __init__(self):
        self.out, self.hold, self.count = bytearray(), 0, 0

    def put(self, value, length):
        for i in range(length - 1, -1, -1):
            self.hold = self.hold << 1 | (value >> i & 1)
            self.count += 1
            if self.count == 8:
                self.out.append(self.hold)
                if self.hold == 0xFF:
                    self.out.append(0)
                self.hold = self.count = 0

    def end(self):
        while self.count:
            self.put(1, 1)
        return bytes(self.out)


def segment(marker, body):
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def jpeg(width, height, components=1, extra=b"", density=b"\1\0\xc8\0\xc8", sof=0xC0):
    """A baseline JPEG whose blocks hold nothing but a DC value: categories 0 to 7, one code of three bits each."""
    out = b"\xff\xd8" + segment(0xE0, b"JFIF\0\1\1" + density + b"\0\0") + extra
    out += segment(0xDB, b"\0" + bytes([8] * 64))
    out += segment(sof, struct.pack(">BHHB", 8, height, width, components) + b"".join(bytes([c + 1, 0x11, 0]) for c in range(components)))
    out += segment(0xC4, b"\0" + bytes([0, 0, 7] + [0] * 13) + bytes(range(7)))
    out += segment(0xC4, b"\x10" + bytes([0, 1] + [0] * 14) + b"\0")
    out += segment(0xDA, bytes([components]) + b"".join(bytes([c + 1, 0]) for c in range(components)) + b"\0\x3f\0")
    bits = Bits()
    for block in range((width + 7) // 8 * ((height + 7) // 8)):
        for _ in range(components):
            value = 40 if block % 3 == 0 else -40 if block % 3 == 1 else 0
            size = abs(value).bit_length()
            bits.put(size, 3)
            if size:
                bits.put(value if value > 0 else value + (1 << size) - 1, size)
            bits.put(0, 2)
    return out + bits.end() + b"\xff\xd9"


def ifd(order, entries, data, next_offset=0, first=8, big=False):
    """A TIFF: header, one directory at `first`, then what its entries point to and the strip data."""
    pack = lambda form, *values: struct.pack(order + form, *values)
    head = (b"II" if order == "<" else b"MM") + (pack("HHHQ", 43, 8, 0, 16) if big else pack("HI", 42, first))
    at = 16 if big else first
    size = (8 + 20 * len(entries) + 8) if big else (2 + 12 * len(entries) + 4)
    tail = bytearray()
    body = pack("Q" if big else "H", len(entries))
    for tag, kind, values in entries:
        if values == "strip":
            values = [at + size + sum(16 for _, k, _ in entries if k == 5)]
        raw = b"".join(pack({3: "H", 4: "I", 5: "II", 16: "Q"}[kind], *(v if kind == 5 else (v,))) for v in values)
        room = 8 if big else 4
        if len(raw) > room:
            place = at + size + len(tail)
            tail += raw.ljust(16, b"\0")
            raw = pack("Q" if big else "I", place)
        body += pack("HH" + ("Q" if big else "I"), tag, kind, len(values)) + raw.ljust(room, b"\0")
    body += pack("Q" if big else "I", next_offset)
    tail = tail.ljust(sum(16 for _, k, _ in entries if k == 5), b"\0")
    return head.ljust(at, b"\0") + body + bytes(tail) + data


def tiff(order="<", bits=8, width=40, height=52, compression=1, photometric=1, resolution=(200, 200), unit=2, orientation=1, extra=(), data=None,
         next_offset=0, big=False):
    row = (width * bits + 7) // 8
    rows = data if data is not None else bytes((x * 7 + y * 3) % 256 for y in range(height) for x in range(row))
    entries = [(254, 4, [0]), (256, 3, [width & 0xFFFF]), (257, 3, [height & 0xFFFF]), (258, 3, [bits]), (259, 3, [compression]),
               (262, 3, [photometric]), (273, 4, "strip"), (274, 3, [orientation]), (277, 3, [1]), (278, 3, [height & 0xFFFF]),
               (279, 4, [len(rows)]), (282, 5, [(resolution[0], 1)]), (283, 5, [(resolution[1], 1)]), (296, 3, [unit])] + list(extra)
    return ifd(order, sorted(entries), rows, next_offset, big=big)


def chunk(kind, body, crc=None):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body) if crc is None else crc)


def png(width=40, height=52, bits=8, colour=0, extra=b"", interlace=0, data=None):
    per = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    row = (width * bits * per + 7) // 8
    rows = data if data is not None else b"".join(b"\0" + bytes((x + y) % 256 for x in range(row)) for y in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, interlace)) + extra +
            chunk(b"IDAT", zlib.compress(rows, 0)) + chunk(b"IEND", b""))


def image():
    maker = random.Random(11)
    base = []
    for order in "<>":
        for bits, photometric in ((1, 0), (1, 1), (8, 0), (8, 1), (4, 1), (16, 1), (8, 3)):
            base.append(tiff(order, bits, photometric=photometric))
        base.append(tiff(order, big=True))
        base.append(tiff(order, compression=32773, data=b"\xd9\xff" * 60))
        base.append(tiff(order, bits=1, compression=4, photometric=0, data=b"\x26\xa0" * 30 + b"\0\x10\x01"))
        base.append(tiff(order, next_offset=8))
    for orientation in range(0, 10):
        base.append(tiff(orientation=orientation, width=24, height=30))
        exif = ifd(">", [(274, 3, [orientation]), (282, 5, [(300, 1)]), (283, 5, [(300, 1)]), (296, 3, [2])], b"")
        base.append(jpeg(24, 32, extra=segment(0xE1, b"Exif\0\0" + exif)))
    for resolution, unit in (((204, 98), 2), ((204, 196), 2), ((80, 38), 3), ((0, 0), 2), ((1, 60000), 2), ((72, 72), 1), ((4294967295, 1), 2)):
        base.append(tiff(bits=1, width=86, height=108, resolution=resolution, unit=unit))
    base += [tiff(width=0), tiff(height=0), tiff(width=65535, height=65535, data=b"x" * 50), tiff(data=b""), tiff(extra=[(322, 3, [16]), (323, 3, [16])]),
             tiff(compression=7, data=jpeg(40, 52)), tiff(compression=5, data=b"\x80\0\x60\x50"), tiff(next_offset=99999)]
    for bits, colour in ((1, 0), (2, 0), (8, 0), (16, 0), (8, 2), (8, 4), (8, 6)):
        base.append(png(bits=bits, colour=colour))
    base += [png(bits=8, colour=3, extra=chunk(b"PLTE", bytes(range(30)))), png(bits=1, colour=3, extra=chunk(b"PLTE", b"\0\0\0\xff\xff\xff")),
             png(extra=chunk(b"pHYs", struct.pack(">IIB", 7874, 7874, 1))), png(interlace=1), png(width=60000, height=60000, data=b""),
             png(data=b"\0" * 10), png(width=0), png(extra=chunk(b"tEXt", b"a\0b", 1)), png(width=2000, height=3, data=(b"\1" + b"\2" * 2000) * 3)]
    for kind, body in ((b"P1", b"1 0 1 0 " * 8), (b"P2", b"0 128 255 9 " * 8), (b"P3", b"1 2 3 " * 30), (b"P4", b"\xaa" * 8), (b"P5", bytes(64)), (b"P6", bytes(192)),
                       (b"P7", b"")):
        top = b"\n255\n" if kind in (b"P2", b"P3", b"P5", b"P6") else b"\n"
        base.append(kind + b"\n# c\n8 8" + top + body)
        base.append(kind + b"\n8 99999" + top + body)
    base.append(b"P7\nWIDTH 4\nHEIGHT 4\nDEPTH 1\nMAXVAL 255\nTUPLTYPE GRAYSCALE\nENDHDR\n" + bytes(16))
    for components in (1, 3, 4):
        base.append(jpeg(40, 56, components))
        base.append(jpeg(40, 56, components, extra=segment(0xEE, b"Adobe\0\x64\0\0\0\0" + bytes([components // 2]))))
    base += [jpeg(40, 56, density=d) for d in (b"\0\0\1\0\1", b"\2\0\x4f\0\x4f", b"\1\xff\xff\xff\xff", b"\1\0\0\0\0")]
    base += [jpeg(40, 56, sof=s) for s in (0xC1, 0xC2, 0xC3, 0xC9)] + [jpeg(65500, 65500)[:400] if False else b"\xff\xd8\xff", b"\xff\xd8\xff\xd9"]
    base += [b"RIFF\x1a\0\0\0WEBPVP8L\x0d\0\0\0\x2f\0\0\0\x10\x07\x10\x11\x11\x88\x88\xfe\x07\0", b"RIFF\x0c\0\0\0WEBPVP8 ", b"RIFF",
             b"\0\0\0\x18ftypheic\0\0\0\0mif1heic\0\0\0\x08mdat", b"\0\0\0\x14ftypmif1\0\0\0\0mif1\0\0\0\x0cmeta\0\0\0\0", b"GIF89a", b"BM", b"II*\0", b"MM\0*"]
    yield from base
    for i in range(40):
        one = base[(7 * i) % len(base)]
        if i % 2:
            yield one[:max(3, len(one) * (i % 9 + 1) // 10)]
        else:
            copy = bytearray(one)
            for _ in range(1 + i % 4):
                copy[maker.randrange(len(copy))] ^= 1 << maker.randrange(8)
            yield bytes(copy)


# ---- text, calls, calendars ----------------------------------------------------------------------------------

def utf8_edges():
    for code in (0x7F, 0x80, 0x7FF, 0x800, 0xFFFD, 0xFFFF, 0x10000, 0x10FFFF, 0xA0, 0xAD, 0x200B, 0x200E, 0x202E, 0x2028, 0x2066, 0xFEFF, 0xE0001, 0x85):
        yield chr(code).encode()
    yield from (b"\x80", b"\xbf", b"\xc0\x80", b"\xc1\xbf", b"\xc2", b"\xe0\x80\x80", b"\xe0\xa0", b"\xed\xa0\x80", b"\xef\xbf", b"\xf0\x80\x80\x80", b"\xf0\x9f\x92",
                b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"\xfe", b"\xff\xff", b"\xe2\x82\xac\xe2", b"\x1b[31m", b"\r\n\t", b"\x00x")


def text_seeds():
    words = ["Notice of intent to levy", "Department of the Treasury", "Envíe el pago", "l0O1|I5S8B", "a" * 200]
    for i, edge in enumerate(utf8_edges()):
        yield bytes([i]) + text(words[i % 5], "\n", words[(i + 1) % 5], b" ", edge, b" ", edge * 3, words[i % 4])
        yield bytes([255 - i]) + edge + b"\n" + edge * 20
        yield bytes([2]) + edge + text("\n", words[i % 4], "   ", words[(i + 2) % 4]) * 3


def options():
    good = ["read", "--json", "--as-of", "2025-02-12", "--lang", "es", "--", "-", "mail.pdf", "--as-of=2024-02-29", "--lang=en", "--filed", "2026-01-05"]
    days = ["2025-2-12", "02/12/2025", "12.02.2025", "2025/02/30", "2025-02-12T00:00", "1/2/25", "31/12/2024", "12/31/2024", "2024-13-01", "0000-00-00", "9999-12-31",
            "2025-02-12 ", "２０２５-02-12", "", "2/3/2025"]
    names = ["CP504", "cp 504", "Letter 1058", "L1058", "LTR2272C", "CP-504", "CP504B", "CP54", "LT1", "Notice LT11", "letter", "L" * 70, "CP—90", "\x1b[0m", "CP5\xff04",
             "ltr ", "noticeletter1058", "LetterLetter1058"]
    for day in days:
        yield text("read\n--as-of\n", day)
        yield text("rights\n--filed=", day, "\nCP504")
    for name in names:
        yield text("rights\n", name)
        yield text("rights\n", name, "\n--json\n--\n--as-of\n", name)
        yield text("rights\n--", name, "\n", name, "=", name)
    for i in range(len(good)):
        yield text("\n".join(good[i:] + good[:i]))
        yield text("\n".join(good[:i]))
    for odd in ("--as-of", "--lang\nfr", "--json=yes", "--", "-x", "--js", "--as-of=", "--lang=\xff", "-" * 300, "--as-of\n--json"):
        yield text("read\n", odd)


def ics():
    files = ["mail.pdf", "scans/2025 LT11; \"final\", v2.pdf", "\u202eevil.pdf", "x" * 300, "a\r\nDTSTART:19700101", "\xff\xfe.tif", "ñ" * 80, ""]
    for i in range(96):
        days = [(17 * i) % 120, i % 16, 255 if i % 3 else (17 * i) % 120 + 2, 3 + i % 12, 255 if i % 4 else (17 * i) % 120 + 1, 4, 255 if i % 5 else (17 * i) % 120,
                9, (17 * i) % 120 + i % 3, 5]
        yield bytes([i % 31, i % 4] + days) + text(files[i % len(files)])


def edge():
    lines = ["127.0.0.1:8433", "localhost:8433", "[::1]:8433", "http://127.0.0.1:8433", "https://localhost:8433", "evil.example:8433", "127.0.0.1.nip.io:8433",
             "a=1; irsort=0123456789abcdef; b=2", "irsort=1; irsort=2", ";;irsort=", "xirsort=1", "irsort=" + "f" * 90, "/api/letter/12/page/3", "/assets/app.js",
             "/assets/../x", "../../etc/passwd", "C:\\fakepath\\mail.tif", "fdp\u202egpj.exe", "a\xff\xfe.pdf", "0123456789abcdef" * 4, "9223372036854775808",
             "ñ" * 100, "000-12-3456.pdf", "..", " . ",
             "name=maria&password=a+b%20c", "name=%00", "xname=1&name=%4", "name=a&name=b", "&&name=&=&", "name=%C3%B1" + "a" * 90, "192.0.2.7", "192.0.2.7:443",
             "[2001:db8::7]:8433", "2001:db8::7", "0.0.0.0:1", "[::]", "::ffff:127.0.0.1", "127.9.9.9:65536", "[fe80::1%eth0]:80"]
    for i, line in enumerate(lines):
        yield text(line)
        yield text(line, "\n", lines[(i + 5) % len(lines)], "\n", line[1:])
    for i, odd in enumerate(utf8_edges()):
        yield text(lines[i % len(lines)]) + odd + text(lines[(i + 3) % len(lines)])


def users():
    kept = "$argon2id$v=19$m=65536,t=2,p=1$" + "A" * 22 + "$" + "B" * 43
    lines = ["maria reviewer " + kept, "jo desk " + kept, "jo.o-brien_2 desk " + kept, "Maria desk " + kept, "maria desk", "maria  desk " + kept, "x root " + kept,
             "maria desk " + kept + " ", "maria desk $argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA", "maria desk " + kept + "C" * 200, "", "#", "a" * 33 + " desk " + kept]
    for i, line in enumerate(lines):
        yield text("irsort users 1\n", line, "\n")
        yield text("irsort users 1\n", line, "\n", lines[(i + 1) % len(lines)], "\n")
        yield text(line, "\n")
    for name in ("maria", "Jo.O-Brien", "-", "a.", "b" * 32, "c" * 33, "\u0430nna", ""):
        yield text(name)
    yield text("irsort users 1\n", *(f"user{i} desk {kept}\n" for i in range(100)))
    yield text("irsort users 1\n", *(f"user{i} desk {kept}\n" for i in range(101)))
    for i, odd in enumerate(utf8_edges()):
        yield text("irsort users 1\n", lines[i % 3], "\n") + odd + text(lines[0], "\n")
        yield text("irsort users 1\nmaria", odd, " desk ", kept, "\n")


MAKERS = {"patterns": patterns, "clock": clock, "regex": regex, "dates": dates, "amounts": amounts, "number": number, "pages": pages, "letter_json": letter_json,
          "wire": wire, "pdf": pdf, "image": image, "text": text_seeds, "options": options, "ics": ics,
          "edge": edge, "users": users}


def all_seeds():
    for name, make in MAKERS.items():
        seen = set()
        for data in make():
            if data not in seen:
                yield "%s/%03d" % (name, len(seen)), data
            seen.add(data)


def main():
    arguments = [a for a in sys.argv[1:] if a != "--check"]
    root = pathlib.Path(arguments[0]) if arguments else HERE / "seeds"
    wanted = dict(all_seeds())
    there = {str(p.relative_to(root)): p for p in root.rglob("*") if p.is_file() and not p.name.startswith("found-")}
    if "--check" in sys.argv:
        wrong = sorted(n for n in set(wanted) | set(there) if n not in wanted or n not in there or there[n].read_bytes() != wanted[n])
        for name in wrong:
            print(name, "differs from what seeds.py makes")
        print(len(wanted), "seeds")
        return 1 if wrong else 0
    for name in set(there) - set(wanted):
        there[name].unlink()
    for name, data in wanted.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(data)
    print(len(wanted), "seeds,", sum(map(len, wanted.values())), "bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
