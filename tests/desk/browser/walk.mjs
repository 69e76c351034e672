// SPDX-License-Identifier: AGPL-3.0-or-later
// A new person at the desk: from a pile of ten scans to confirmed letters and a printed sheet, by keyboard and by mouse, in both
// languages; on every page axe-core must find nothing, and the page may ask nobody but the desk.
//
// usage: node walk.mjs IRSORT FIXTURES SOURCE [FOLDER-FOR-SCREENSHOTS]
import {execFileSync, spawn} from "node:child_process";
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {createRequire} from "node:module";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {createInterface} from "node:readline";
import {chromium} from "playwright-core";

const [irsort, fixtures, source, shots] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PILE = ["cp504-a-clean300", "lt11-b-upside", "l3172-a-flatbed200", "cp90-a-phone", "cp523-a-fax", "l1058-a-torn", "cp297a-a-torn", "cp503-a-stamped",
  "cp504-b-copy2"];
const folder = mkdtempSync(join(tmpdir(), "irsort-walk-"));
const failures = [];

function check(what, holds, seen = "") {
  if (holds) return;
  failures.push(what);
  console.log("FAILED:", what, seen);
}

/* ---- a desk and a pile ---- */

for (const one of PILE) execFileSync(fixtures, ["--out", join(folder, "pile"), "--only", one], {stdio: "ignore"});
writeFileSync(join(folder, "pile", "junk.pdf"), "this is no scan");
writeFileSync(join(folder, "irsort.yaml"), "clinic:\n  name: Example Tax Clinic\n  phone: 202-555-0100\n");
const pile = readdirSync(join(folder, "pile")).filter((name) => name !== "truth.tsv").map((name) => join(folder, "pile", name));
const desk = spawn(irsort, ["desk", "--port", "0", "--docket", join(folder, "docket.db"), "--settings", join(folder, "irsort.yaml"), "--as-of", "2026-03-02"],
  {stdio: ["ignore", "pipe", "inherit"]});
const lines = createInterface({input: desk.stdout})[Symbol.asyncIterator]();
const link = (await lines.next()).value;
const home = new URL("/", link).href;

const browser = await chromium.launch({executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"]});
const context = await browser.newContext({viewport: {width: 1280, height: 860}, reducedMotion: "reduce"});
const page = await context.newPage();
page.setDefaultTimeout(20000);
page.on("pageerror", (error) => check("no script fails", false, error.message));
page.on("console", (message) => check("nothing complains", !/Content Security|Refused|TypeError/.test(message.text()), message.text()));
page.on("request", (request) => check("nobody else is asked", request.url().startsWith(home) || request.url().startsWith("blob:" + home), request.url()));

async function audit(name) {
  const found = await page.evaluate(`${axe}; axe.run(document, {resultTypes: ["violations"]})`);
  for (const one of found.violations)
    check(`axe on ${name}: ${one.id}`, false, one.nodes.slice(0, 2).map((node) => `${node.html.slice(0, 160)} ${node.failureSummary}`).join("\n"));
}

async function shoot(name, whole = false) {
  if (!shots) return;
  await page.evaluate(() => document.getElementById("said")?.classList.remove("shown"));
  await page.screenshot({path: join(shots, `${name}.png`), fullPage: whole});
}

async function go(path, selector) {
  await page.goto(home + path);
  await page.waitForSelector(selector);
}

/* ---- the walk ---- */

async function dropsThePile() {
  await page.goto(link);
  await page.waitForSelector(".drop");
  await page.waitForSelector("nav a[aria-current=page]");
  check("the link is used up", (await context.request.get(link)).status() === 401);
  await audit("an empty inbox");
  await page.fill("#ref", "2026-014");
  await page.evaluate(() => {
    window.told = [];
    new MutationObserver(() => window.told.push(...[...document.querySelectorAll(".state.busy, .summary .unseen")].map((one) => one.textContent)))
      .observe(document.querySelector("main"), {childList: true, subtree: true, characterData: true});
  });
  await page.setInputFiles("input[type=file][multiple]", pile);
  await page.waitForFunction((count) => document.querySelectorAll(".item.done, .item.failed").length >= count &&
    !document.querySelector(".item .letter:not(:has(a))"), pile.length, {timeout: 240000});
  const told = await page.evaluate(() => window.told);
  check("each page is shown while it is read", told.includes("Being read: page 2 of 4"), [...new Set(told)].join(" | "));
  check("a screen reader is told", told.some((one) => /^cp.*: page \d of \d$/.test(one)));
  check("the junk is told, in words", (await page.textContent(".item.failed .state")).length > 20);
  check("nine have letters", await page.locator(".item.done").count() === 9);
  await audit("a full inbox");
  await shoot("inbox");
  await page.click(".letter:has(.chip.soon) a");
  await page.focus("#f-notice_date");
  await page.waitForSelector(".mark.lit");
  await shoot("letter");
}

/* Each unsure letter: the number that is printed on it by its key, then Enter for each date. Keyboard alone. */
async function reviewsByKeyboard() {
  const left = async () => Number((await page.textContent("#review-count")) || 0);
  let letters = await left();
  check("some letters are not sure", letters > 0);
  await page.keyboard.press("Tab");
  await go("#/review", ".split");
  await audit("review");
  await shoot("review");
  for (let turn = 0; turn < 40 && failures.length < 20 && await page.locator(".split").count() > 0; turn++) {
    await page.waitForTimeout(150);
    if (await page.locator(".choices").count() > 0) {
      check("a choice has the keys", await page.evaluate(() => document.activeElement.matches(".choice")));
      await page.keyboard.press(await page.locator(".choice kbd").first().textContent() === "1" ? "1" : "0");
      if (await page.locator("dialog[open]").count() > 0) {
        await audit("the dialog");
        await page.keyboard.press("Enter");
      }
      continue;
    }
    const open = await page.locator(".field.open").count();
    if (open === 0 && await page.locator(".field.none #f-notice_date").count() > 0) { // torn off: the client told it
      check("the missing date has the keys", await page.evaluate(() => document.activeElement.id === "f-notice_date"));
      const told = page.locator(".reasons li");
      const before = await told.count();
      await page.keyboard.type("02102026"); // a slip: the letter prints July 10, 2023, as its last day
      await page.keyboard.press("Enter");
      await page.waitForFunction((count) => document.querySelectorAll(".reasons li").length > count, before);
      check("what speaks against it is shown, and the letter stays", (await told.last().textContent()).includes("July 10, 2023"));
      check("the date has the keys again", await page.evaluate(() => document.activeElement.id === "f-notice_date"));
      await shoot("slip");
      await page.keyboard.type("06102023");
      await page.keyboard.press("Enter");
      await page.waitForTimeout(500);
      continue;
    }
    if (open === 0) {
      await page.click(".side > .buttons button");
      continue;
    }
    if (turn < 4) await audit("review of dates");
    check("the open date has the keys", await page.evaluate(() => document.activeElement.closest(".field.open") !== null));
    check("its place is lit", await page.locator(".mark.lit").count() === 1 || await page.locator(".sheet img").count() === 0);
    await page.keyboard.press("Enter");
    await page.waitForFunction((before) => document.querySelectorAll(".field.open").length !== before || !document.querySelector(".split"), open);
  }
  await page.waitForSelector(".empty");
  await audit("an empty review");
  check("fewer are left", await left() < letters, await left());
}

/* What was known at once: letter after letter, by Enter alone. */
async function confirmsThePile() {
  await go("#/inbox", ".letter a");
  await shoot("inbox-reviewed");
  await page.focus(".steps a[href$='/confirm']");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".field input:focus");
  await audit("a letter to be confirmed");
  for (let turn = 0; turn < 120; turn++) {
    const hash = await page.evaluate(() => location.hash);
    if (await page.locator(".onward b").count() > 0) break;
    await page.waitForFunction(() => document.activeElement.matches(".field input, .onward a"));
    const focused = () => page.evaluate(() => `${location.hash} ${document.activeElement.id} ${document.activeElement.textContent}`);
    const had = await focused();
    await page.keyboard.press("Enter");
    await page.waitForFunction((before) => before !== `${location.hash} ${document.activeElement.id} ${document.activeElement.textContent}` &&
      document.activeElement.matches(".field input, .onward a"), had);
    if (turn === 3) await shoot("confirming");
  }
  await shoot("confirmed");
  check("every letter of the pile is confirmed", await page.locator(".onward b").count() === 1);
  await audit("the last letter of the pile");
  await page.click(".onward a");
  await page.waitForSelector(".letter .seen");
  check("the pile says so", await page.locator(".letter .seen").count() === 9, await page.locator(".letter .seen").count());
  await shoot("inbox-confirmed");
}

async function correctsALetter() {
  await go("#/inbox", ".letter a");
  const name = await page.locator(".letter a", {hasText: "LT11"}).first();
  await name.click();
  await page.waitForSelector(".sheet img");
  await audit("a letter");
  await page.focus("#f-notice_date");
  await page.waitForSelector(".mark.lit");
  const before = await page.textContent(".headline .first");
  await page.fill("#f-notice_date", "2026-02-23");
  await page.keyboard.press("Enter");
  await page.waitForFunction((text) => document.querySelector(".headline .first").textContent !== text, before);
  // 30 days after February 23, 2026 is Wednesday, March 25, 2026.
  check("the day is counted anew", (await page.textContent(".headline .first")).includes("Wednesday, March 25, 2026"));
  check("who said so", (await page.textContent(".field.settled .note")).length > 0);
  await page.click("text=All of it is right");
  await page.waitForFunction(() => document.querySelectorAll(".field.settled").length >= 3);
  await page.waitForSelector(".onward a:focus");
  await page.click("summary:has-text('History of this letter')");
  await page.waitForSelector(".history li");
  const dots = () => page.evaluate(() => document.querySelector(".sheet img").naturalWidth);
  check("the page comes at a screen's size", await dots() === 1100, await dots());
  await page.click(".paper button[aria-label=Larger]");
  await page.click(".paper button[aria-label=Larger]");
  await page.waitForFunction(() => document.querySelector(".sheet img").naturalWidth >= 1650);
  await page.keyboard.press("Escape");
  await page.focus(".view");
  await page.keyboard.press("+");
  await page.keyboard.press("0");
  await page.hover(".evidence .why >> nth=0").catch(() => {});
  await page.click("summary:has-text('Why the program says so')");
  await page.focus(".evidence .why >> nth=0");
  await page.waitForSelector(".mark.lit");
  await audit("a confirmed letter");
}

/* A scan of one page: from its drop to its day in the browser, without the time of reading itself. Three, for a machine that has
   much else to do. */
async function showsADayAtOnce() {
  await go("#/inbox", ".letter a");
  const response = await context.request.get(`${home}api/letter/1/page/1?full=1`);
  const shown = [];
  for (const turn of [1, 2, 3]) {
    const before = await page.locator(".item").count();
    const file = join(folder, `one-page-${turn}.png`);
    writeFileSync(file, Buffer.concat([await response.body(), Buffer.from([turn])]));
    const begin = Date.now();
    await page.setInputFiles("input[type=file][multiple]", [file]);
    await page.waitForFunction((count) => document.querySelectorAll(".item").length > count &&
      document.querySelector(".item:first-child.done .letter .chip"), before);
    const whole = Date.now() - begin;
    const {items} = await (await context.request.get(`${home}api/inbox`)).json();
    shown.push(whole - items.at(-1).read_ms);
  }
  console.log(`  shown ${shown.join(", ")} ms after the read`);
  check("its day is shown within a second of the read", Math.min(...shown) < 1000, shown);
}

async function keepsTheDocket() {
  await go("#/docket", "tbody tr");
  await audit("the docket");
  await shoot("docket");
  await page.click("tbody tr >> nth=0 >> text=Assign");
  await page.fill("#ask-input", "Jo");
  await page.keyboard.press("Enter");
  await page.waitForSelector("td:has-text('Jo')");
  await page.click("tbody tr >> nth=0 >> text=Note");
  await page.fill("#ask-input", "called on Monday");
  await page.click("dialog button.main");
  await page.waitForSelector(".noted");
  const rows = await page.locator("tbody tr").count();
  await page.click("tbody tr >> nth=0 >> text=Mark done");
  await page.waitForFunction((count) => document.querySelectorAll("tbody tr").length < count, rows);
  await page.click(".states button >> text=/^Done/");
  await page.waitForSelector("tr.done");
  await page.fill("#q", "LT11");
  await page.waitForFunction(() => !document.querySelector("tr.done") || [...document.querySelectorAll("tbody th a")].every((a) => a.textContent === "LT11"));
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("text=Calendar file")]);
  check("a calendar comes", readFileSync(await download.path(), "utf8").startsWith("BEGIN:VCALENDAR"));
}

async function looksUpANotice() {
  await go("#/notices", ".notice");
  await audit("the notices");
  await page.fill("#q", "cp 504");
  await page.waitForFunction(() => document.querySelector(".notice h2").textContent.includes("504"));
  await audit("a notice");
  await shoot("notices");
}

async function printsTheSheet(language) {
  await page.goto(`${home}sheet?ref=2026-014&lang=${language}`);
  await page.waitForSelector("article");
  check("the clinic's name is on it", (await page.textContent("header")).includes("Example Tax Clinic"));
  await audit(`the sheet in ${language}`);
  await page.emulateMedia({media: "print"});
  check("the button is not printed", !await page.isVisible("#print"));
  if (language === "es") await shoot("sheet");
  await page.emulateMedia({media: "screen"});
}

async function worksInSpanish() {
  await go("#/inbox", ".letter a");
  await page.click("text=Español");
  await page.waitForSelector("text=Suelte aquí los escaneos");
  check("the page says which language it is", await page.getAttribute("html", "lang") === "es");
  const english = /\b(the|and|letter|read|by|with)\b/i;
  for (const [path, selector] of [["#/inbox", ".letter a"], ["#/docket", "tbody tr"], ["#/review", ".split, .empty"], ["#/notices", ".notice"], ["#/letter/1", ".field"]]) {
    await go(path, selector);
    await audit(`${path} in Spanish`);
    const said = await page.locator("button:visible, label:visible, nav a:visible, thead th:visible, summary h2:visible").allTextContents();
    for (const text of said.filter((one) => !/^(English|CP|LT|L\d|Letter \d|Aviso)/.test(one.trim())))
      check(`${path}: "${text}" is Spanish`, !english.test(text.replace(/CP ?\d.*|LT ?\d.*|Letter \d.*|L\d.*/, "")));
  }
  await fits("a phone, in Spanish", 390, 844); // words are longer
  await page.click("text=English");
}

/* Nothing has to be pushed sideways. */
async function fits(what, width, height) {
  await page.setViewportSize({width, height});
  for (const path of ["#/inbox", "#/letter/1", "#/docket", "#/notices"]) {
    await go(path, "h1");
    await page.waitForTimeout(300);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
    check(`${path} fits ${what}`, !wide);
    await audit(`${path} on ${what}`);
  }
  await page.setViewportSize({width: 1280, height: 860});
}

async function isUsableLargeAndDark() {
  await page.emulateMedia({colorScheme: "dark"});
  await go("#/docket", "tbody tr");
  await audit("the docket in the dark");
  await go("#/letter/1", ".field");
  await page.waitForSelector(".sheet img");
  await audit("a letter in the dark");
  await shoot("dark");
  await page.emulateMedia({colorScheme: "light"});
  await fits("a window at 200 %", 640, 430); // 1280 x 860 dots
}

async function locks() {
  await go("#/docket", "tbody tr");
  await page.click("text=Lock");
  await page.waitForSelector("text=The desk is locked");
  await audit("the locked desk");
  check("a new link is printed", (await lines.next()).value.includes("/enter?key="));
}

try {
  for (const step of [dropsThePile, reviewsByKeyboard, correctsALetter, confirmsThePile, showsADayAtOnce, keepsTheDocket, looksUpANotice, () => printsTheSheet("en"), () => printsTheSheet("es"),
    worksInSpanish, isUsableLargeAndDark, locks]) {
    console.log(step.name || "prints the sheet");
    await step();
  }
} catch (error) {
  check("the walk goes to its end", false, error.stack);
  await shoot("failed");
}
await browser.close();
desk.kill();
rmSync(folder, {recursive: true, force: true});
console.log(failures.length, "failures");
process.exit(failures.length > 0 ? 1 : 0);
