// SPDX-License-Identifier: AGPL-3.0-or-later
// A desk with users: somebody at the front desk and a reviewer log in by keyboard, over TLS; each sees what is theirs to do and
// nothing else; axe-core must find nothing on the pages that only such a desk has.
//
// usage: node login.mjs IRSORT SOURCE
import {execFileSync, spawn} from "node:child_process";
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {createRequire} from "node:module";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {createInterface} from "node:readline";
import {chromium} from "playwright-core";

const [irsort, source] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const folder = mkdtempSync(join(tmpdir(), "irsort-login-"));
const failures = [];
const PASSWORDS = {maria: "correct horse battery", jo: "four words will do"};

function check(what, holds, seen = "") {
  if (holds) return;
  failures.push(what);
  console.log("FAILED:", what, seen);
}

const place = (name) => join(folder, name);
const common = ["--docket", place("docket.db"), "--settings", place("irsort.yaml")];
writeFileSync(place("irsort.yaml"), "clinic:\n  name: Example Tax Clinic\n");
execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30", "-subj", "/CN=desk",
  "-addext", "subjectAltName=IP:127.0.0.2", "-keyout", place("desk.key"), "-out", place("desk.crt")], {stdio: "ignore"});
for (const [name, role] of [["maria", "reviewer"], ["jo", "desk"]])
  execFileSync(irsort, ["desk", ...common, "--user", name, "--role", role], {input: PASSWORDS[name] + "\n"});
const desk = spawn(irsort, ["desk", ...common, "--port", "0", "--listen", "127.0.0.2", "--tls", place("desk.crt"), place("desk.key"), "--as-of", "2023-11-01"],
  {stdio: ["ignore", "pipe", "inherit"]});
const home = (await createInterface({input: desk.stdout})[Symbol.asyncIterator]().next()).value;

const browser = await chromium.launch({executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"]});
const context = await browser.newContext({viewport: {width: 1280, height: 860}, ignoreHTTPSErrors: true, reducedMotion: "reduce"});
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

/* The name has the keys, without a touch of the mouse; a busy browser gives them a moment after the page is there. */
async function logIn(name, password) {
  const hasKeys = page.waitForFunction(() => document.activeElement.id === "name", null, {timeout: 5000});
  check("the name has the keys", await hasKeys.then(() => true, () => false));
  await page.keyboard.type(name);
  await page.keyboard.press("Tab");
  await page.keyboard.type(password);
  await page.keyboard.press("Enter");
}

async function isTurnedAway() {
  await page.goto(home);
  await audit("the login page");
  await page.click("text=Español");
  await page.waitForSelector("text=Contraseña");
  await audit("the login page in Spanish");
  await logIn("jo", "not his password");
  await page.waitForSelector("[role=alert]");
  check("it is said in Spanish", (await page.textContent("[role=alert]")).includes("contraseña"));
  await audit("the login page after a wrong password");
  await page.emulateMedia({colorScheme: "dark"});
  await audit("the login page in the dark");
  await page.emulateMedia({colorScheme: "light"});
  await page.setViewportSize({width: 640, height: 430}); // 1280 x 860 at 200 %
  check("it fits at 200 %", !await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth));
  await page.setViewportSize({width: 1280, height: 860});
}

async function worksAtTheDesk() {
  await page.goto(home);
  await logIn("Jo", PASSWORDS.jo); // as a phone begins a word
  await page.waitForSelector(".drop");
  check("it says who is there", (await page.textContent(".user")).includes("jo, at the desk"));
  check("there is no other name to choose", await page.locator("text=At the desk:").count() === 0);
  check("no page of the reviewer's", await page.locator("nav a").count() === 3);
  await page.setInputFiles("input[type=file][multiple]", join(source, "fixtures/examples/lt11.pdf"));
  await page.waitForSelector(".letter a", {timeout: 60000});
  await page.click(".letter a");
  await page.waitForSelector(".field");
  check("it says whose that is", (await page.textContent(".side")).includes("A reviewer confirms or corrects"));
  check("no field can be changed", await page.locator(".field input:not([readonly])").count() === 0);
  check("nothing offers to", await page.locator(".field button:visible").count() === 0 && await page.locator("text=All of it is right").count() === 0);
  check("nor to export", await page.locator("text=Export as a test case").count() === 0);
  await page.focus("#f-notice_date");
  await page.waitForSelector(".mark.lit");
  await audit("a letter at the desk");
  for (const path of ["#/audit", "#/review"]) {
    await page.goto(home + path);
    await page.waitForSelector(".drop");
  }
  await page.click("text=Log out");
  await page.waitForSelector("#password");
  check("the session is over", (await context.request.get(home + "api/start")).status() === 401);
}

async function reviews() {
  await logIn("maria", PASSWORDS.maria);
  await page.waitForSelector(".drop");
  check("all pages are there", await page.locator("nav a").count() === 5);
  await page.goto(home + "#/letter/1");
  await page.waitForSelector(".field");
  await page.focus("#f-notice_date");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".field.settled");
  check("her name stands there", (await page.textContent(".field.settled .note")).includes("maria"));
  await page.click("nav >> text=Audit log");
  await page.waitForSelector(".audit tbody tr");
  const lines = await page.locator(".audit tbody tr").allTextContents();
  check("it has what she did, first", lines[0].includes("maria") && lines.some((line) => line.includes("confirmed") && line.includes("Letter 1")), lines[0]);
  check("and who was turned away", lines.some((line) => line.includes("jo") && line.includes("login: refused")), lines.join("\n"));
  await audit("the audit log");
  await page.click("text=Español");
  await page.waitForSelector("h1:has-text('Registro')");
  const spanish = await page.textContent(".audit tbody");
  check("each act has its words", !/AUDIT_|DESK_/.test(spanish) && spanish.includes("confirmó"), spanish);
  await audit("the audit log in Spanish");
  await page.click("text=English");
}

async function isRemoved() {
  execFileSync(irsort, ["desk", ...common, "--remove-user", "maria"]);
  await page.waitForSelector("#password");
  check("an open page closes by itself", true);
}

try {
  for (const step of [isTurnedAway, worksAtTheDesk, reviews, isRemoved]) {
    console.log(step.name);
    await step();
  }
} catch (error) {
  check("the walk goes to its end", false, error.stack);
}
await browser.close();
desk.kill();
rmSync(folder, {recursive: true, force: true});
console.log(failures.length, "failures");
process.exit(failures.length > 0 ? 1 : 0);
