// SPDX-License-Identifier: AGPL-3.0-or-later
// The frame: words, the row of pages, what happens elsewhere, and the lock.
import {ask, doing, el, get, isReviewer, post, say, state, t} from "/assets/kit.js";
import {inboxPage} from "/assets/inbox.js";
import {letterPage} from "/assets/letter.js";
import {reviewPage} from "/assets/review.js";
import {docketPage} from "/assets/docket.js";
import {noticesPage} from "/assets/notices.js";
import {auditPage} from "/assets/audit.js";

const ALIVE_MS = 60 * 1000; // a key or click is told to the desk at most so often

const pages = {inbox: inboxPage, letter: letterPage, review: reviewPage, docket: docketPage, notices: noticesPage, audit: auditPage};
const tabs = [["inbox", "DESK_INBOX"], ["review", "DESK_REVIEW", () => isReviewer()], ["docket", "DESK_DOCKET"], ["notices", "DESK_NOTICES"],
  ["audit", "AUDIT_TITLE", () => state.start.users && isReviewer()]];

let page = null; // {event(name, data), close()}
let turn = 0;    // of the pages, so that a slow one does not come up over the next

function drawTop(name) {
  const link = ([key, word]) => el("a", {href: `#/${key}`, "aria-current": key === name ? "page" : null}, t(word),
    key === "review" ? el("span", {class: "count", id: "review-count"}) : null);
  document.getElementById("top").replaceChildren(
    el("p", {class: "brand"}, state.start.clinic.name ?? "irsort"),
    el("nav", {"aria-label": t("DESK_PAGES")}, ...tabs.filter(([, , shown]) => shown?.() ?? true).map(link)),
    el("div", {class: "self"},
      state.start.users
        ? el("span", {class: "user"}, t("DESK_USER", state.start.who, t(`DESK_ROLE_${state.start.role.toUpperCase()}`)))
        : el("button", {type: "button", class: "quiet", title: t("DESK_WHO_HINT"), onclick: doing(changeName)},
          t("DESK_WHO", state.start.who)),
      el("button", {type: "button", class: "quiet", lang: state.language === "es" ? "en" : "es", onclick: doing(changeLanguage)},
        state.language === "es" ? "English" : "Español"),
      el("button", {type: "button", class: "quiet", onclick: doing(() => post("/api/lock"))},
        t(state.start.users ? "DESK_LOGOUT" : "DESK_LOCK"))));
  drawCount();
}

async function drawCount() {
  const {counts} = await get("/api/docket?state=look", true);
  const count = document.getElementById("review-count");
  if (count) count.textContent = counts.look > 0 ? String(counts.look) : "";
}

async function changeName() {
  const name = await ask(t("DESK_WHO_TITLE"), t("DESK_WHO_LABEL"), state.start.who);
  if (!name) return;
  await post("/api/who", {name});
  state.start.who = name;
  drawTop(current().name);
}

async function changeLanguage() {
  localStorage.setItem("language", state.language === "es" ? "en" : "es");
  await loadWords();
  show();
}

async function loadWords() {
  state.language = localStorage.getItem("language") ?? state.start.language;
  state.words = await get("/api/words");
  document.documentElement.lang = state.language;
  document.getElementById("skip").textContent = t("DESK_SKIP");
}

function current() {
  const [, name = "inbox", argument = "", purpose = ""] = location.hash.split("/");
  const shown = tabs.find(([key]) => key === name)?.[2];
  return {name: name in pages && (shown?.() ?? true) ? name : "inbox", argument, purpose};
}

async function show() {
  const {name, argument, purpose} = current();
  const mine = ++turn;
  const main = document.getElementById("main");
  page?.close?.();
  page = null;
  drawTop(name);
  try {
    const made = await pages[name](argument, purpose);
    if (mine !== turn) {
      made.close?.();
      return;
    }
    page = made;
    document.title = `${made.title} · irsort`;
    main.className = `page-${name}`;
    main.replaceChildren(made.root);
    scrollTo(0, 0);
    made.ready?.();
  } catch (error) {
    main.replaceChildren(el("div", {class: "empty"}, el("h1", {}, t(error.status === 404 ? "DESK_NOT_THERE" : "DESK_ERR"))));
  }
}

function listen() {
  const events = new EventSource("/events");
  for (const name of ["item", "docket", "pages"]) {
    events.addEventListener(name, (event) => {
      page?.event?.(name, JSON.parse(event.data));
      if (name === "docket") drawCount();
    });
  }
  events.addEventListener("locked", () => location.reload());
  events.addEventListener("closed", () => {
    events.close();
    say(t("DESK_CLOSED"));
  });
}

/* The lock counts from the last key or click, also where that asks nothing of the desk. */
function stayAwake() {
  let told = Date.now();
  const tell = () => {
    if (Date.now() - told < ALIVE_MS) return;
    told = Date.now();
    post("/api/alive").catch(() => {});
  };
  for (const name of ["pointerdown", "keydown"]) addEventListener(name, tell, {passive: true});
}

async function begin() {
  state.start = await get("/api/start");
  await loadWords();
  addEventListener("hashchange", async () => {
    await show();
    const main = document.getElementById("main");
    if (!main.contains(document.activeElement)) main.focus({preventScroll: true});
  });
  await show();
  listen();
  stayAwake();
}

begin();
