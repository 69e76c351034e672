// SPDX-License-Identifier: AGPL-3.0-or-later
// What all pages use: words, elements, requests, days. Text from a letter only ever becomes text, never HTML.

export const state = {words: {}, language: "en", start: null};

/* A sentence of the catalogue, with its values. */
export function t(word, ...values) {
  const text = state.words[word];
  if (text === undefined) return word;
  return text.replace(/\{(\d)\}/g, (_, n) => values[n] ?? "");
}

/* el("button", {class: "x", onclick: f}, "text", child): properties that begin with "on" are listeners. */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return element;
}

export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/* Said to a screen reader, and shown for a moment. */
let saidTimer;
export function say(text) {
  const said = document.getElementById("said");
  said.textContent = text;
  said.classList.add("shown");
  clearTimeout(saidTimer);
  saidTimer = setTimeout(() => said.classList.remove("shown"), 6000);
}

/* ---- requests ---- */

export class Refused extends Error {
  constructor(status, code, message) {
    super(message || code);
    this.status = status;
    this.code = code;
  }
}

function withLanguage(path) {
  return path + (path.includes("?") ? "&" : "?") + "lang=" + state.language;
}

async function refusal(response) {
  let code = "failed";
  let message = "";
  try {
    ({code, message} = (await response.json()).error);
  } catch { /* an answer without words */ }
  if (response.status === 401) location.reload();
  return new Refused(response.status, code, message);
}

/* `quiet` is for what a person did not ask for: it does not keep the desk open. */
export async function get(path, quiet = false) {
  const response = await fetch(withLanguage(path), {headers: quiet ? {"X-Irsort-Quiet": "1"} : {}});
  if (!response.ok) throw await refusal(response);
  return response.json();
}

export async function post(path, body = {}) {
  const response = await fetch(withLanguage(path), {
    method: "POST",
    headers: {"X-Irsort-Token": state.start.token, "Content-Type": "application/json"},
    body: JSON.stringify(body),
  });
  if (!response.ok) throw await refusal(response);
  return response.json();
}

/* Who may say what a letter is. The desk itself refuses all others; this only spares them buttons that do nothing. */
export function isReviewer() {
  return state.start.role === "reviewer";
}

/* What went wrong, in words for the person who did it. */
export function sayRefusal(error) {
  if (error instanceof Refused && error.code === "role") say(t("DESK_ERR_ROLE"));
  else if (error instanceof Refused && error.status === 422)
    say(t(error.message.includes("taxpayer number") ? "DESK_ERR_TIN" : "DESK_ERR_VALUE"));
  else say(t("DESK_ERR"));
}

/* Runs what a click or key asks for; a refusal is said. */
export function doing(action) {
  return async (event) => {
    try {
      await action(event);
    } catch (error) {
      sayRefusal(error);
    }
  };
}

/* ---- letters ---- */

export const DATES = ["notice_date", "respond_by", "hearing_by", "hearing_by_later", "termination_date", "lien_filed"];

/* A person must say which letter it is, or find its date, before its day can be counted. */
export function mustLook(view) {
  return !["identified", "not-irs", "blank"].includes(view.status) || view.card[0].lines[0]?.word === "ACT_BY_UNKNOWN";
}

/* Somebody compared it with the paper: all of it, or which letter it is and each of its dates. */
export function isConfirmed(view) {
  const points = ["notice", ...DATES.filter((name) => view.letter.fields[name])];
  return view.unsettled.length === 0 && (view.people.all !== undefined || points.every((point) => view.people[point]));
}

/* What is known and waits for that comparison. */
export function isToConfirm(view) {
  return view.status === "identified" && !mustLook(view) && !isConfirmed(view);
}

/* ---- days ---- */

export function dayWords(iso, long = true) {
  if (!iso) return "";
  const [year, month, day] = iso.split("-").map(Number);
  const options = long ? {weekday: "long", year: "numeric", month: "long", day: "numeric"}
                       : {year: "numeric", month: "short", day: "numeric"};
  return new Intl.DateTimeFormat(state.language === "es" ? "es-US" : "en-US", {...options, timeZone: "UTC"})
    .format(new Date(Date.UTC(year, month - 1, day)));
}

export function daysLeft(iso) {
  return Math.round((Date.parse(iso) - Date.parse(state.start.today)) / 86400000);
}

export function leftWords(days) {
  if (days === 0) return t("LAST_DAY");
  if (days === 1) return t("DAY_LEFT");
  if (days === -1) return t("DAY_AGO");
  return days > 0 ? t("DAYS_LEFT", days) : t("DAYS_AGO", -days);
}

/* How near: told in words besides, so that no colour says it alone. */
export function urgency(days) {
  if (days < 0) return "over";
  return days <= 7 ? "now" : days <= 21 ? "soon" : "later";
}

export function timeWords(seconds) {
  return new Intl.DateTimeFormat(state.language === "es" ? "es-US" : "en-US", {dateStyle: "medium", timeStyle: "short"})
    .format(new Date(seconds * 1000));
}

/* ---- asking ---- */

/* A small dialog with one line to write; gives the text, or null if nothing was meant. */
export function ask(title, label, value = "", {long = false, list = null, maximum = 80} = {}) {
  return new Promise((resolve) => {
    const input = el(long ? "textarea" : "input", {id: "ask-input", maxlength: maximum, autocomplete: "off", rows: 3,
      list: list ? "ask-list" : null});
    input.value = value;
    const end = (answer) => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    const dialog = el("dialog", {"aria-labelledby": "ask-title", class: "ask"},
      el("form", {method: "dialog", onsubmit: (event) => { event.preventDefault(); end(input.value.trim()); }},
        el("h2", {id: "ask-title"}, title),
        el("label", {for: "ask-input"}, label), input,
        list ? el("datalist", {id: "ask-list"}, ...list.map((entry) => el("option", {value: entry.value}, entry.text))) : null,
        el("p", {class: "buttons"},
          el("button", {type: "submit", class: "main"}, t("DESK_SAVE")),
          el("button", {type: "button", onclick: () => end(null)}, t("DESK_CANCEL")))));
    dialog.addEventListener("cancel", (event) => { event.preventDefault(); end(null); });
    document.body.append(dialog);
    dialog.showModal();
    input.focus();
  });
}

/* The lines of a card's section, as paragraphs of their kind. */
export function cardLines(section) {
  return section.lines.map((line) =>
    el(line.ink === "strong" && line.indent > 0 ? "h3" : "p", {class: `line in${line.indent} ${line.ink}`}, line.text));
}

export function cardSection(card, name) {
  return card.find((section) => section.name === name);
}
