// SPDX-License-Identifier: AGPL-3.0-or-later
// Only what the program is not sure of. First which letter it is, by one key; then each date that was read on it.
import {ask, cardLines, dayWords, doing, el, get, post, say, t} from "/assets/kit.js";
import {Paper} from "/assets/paper.js";
import {fieldRows, marksOf} from "/assets/letter.js";

export async function reviewPage(argument) {
  const {notices} = await get("/api/notices");
  const root = el("div", {});
  const skipped = new Set();
  let queue = [];
  let view = null;
  let paper = null;

  async function load() {
    const {rows} = await get("/api/docket?state=look");
    const ids = [...new Set(rows.map((row) => row.id))];
    queue = ids.filter((id) => !skipped.has(id));
    if (argument && ids.includes(Number(argument))) queue = [Number(argument), ...queue.filter((id) => id !== Number(argument))];
  }

  /* `done` is the letter that was just settled; what still stands in its way then is nothing that can be settled here. */
  async function next(done) {
    await load();
    if (queue.includes(done)) {
      skipped.add(done);
      queue = queue.filter((id) => id !== done);
    }
    argument = "";
    if (queue.length === 0) {
      view = null;
      root.replaceChildren(el("div", {class: "empty"}, el("h1", {}, t("DESK_REVIEW_EMPTY")), el("p", {}, t("DESK_REVIEW_EMPTY_WHY")),
        el("p", {class: "buttons"}, el("a", {class: "button main", href: "#/docket"}, t("DESK_GO_DOCKET")), el("a", {class: "button", href: "#/inbox"}, t("DESK_INBOX")))));
      root.querySelector("h1").tabIndex = -1;
      root.querySelector("h1").focus();
      return;
    }
    view = await get(`/api/letter/${queue[0]}`);
    paper = new Paper(view.id, view.letter.source.pages, marksOf(view));
    draw();
  }

  /* ---- which letter it is ---- */

  async function choose(id) {
    const {warnings} = view.letter;
    view = await post(`/api/letter/${view.id}/correct`, {point: "notice", value: id});
    say(t("DESK_CHOSEN", view.notice.printed));
    await goOn(warnings);
  }

  /* `before`: the warnings that stood there when it was said. A new one is to be seen, and what was said to be looked at
     again, before the letter is out of sight. */
  async function goOn(before, point) {
    const fresh = view.letter.warnings.find((warning) => !before.some((one) => one.code === warning.code));
    if (fresh) {
      draw();
      root.querySelector(`#f-${point}`)?.focus();
      say(fresh.text);
    } else if (view.status === "identified" && view.unsettled.length === 0 && Object.keys(view.letter.fields).includes("notice_date")) {
      say(t("DESK_REVIEW_SETTLED"));
      await next(view.id);
    } else draw();
  }

  async function none() {
    const text = await ask(t("DESK_NONE_TITLE"), t("DESK_NONE_LABEL"), "",
      {list: notices.map((one) => ({value: one.id, text: `${one.printed}: ${one.title}`})), maximum: 60});
    if (text === null) return;
    const listed = notices.find((one) => [one.id, one.printed, ...one.numbers].some((name) =>
      name.replace(/[\s-]/g, "").toUpperCase() === text.replace(/[\s-]/g, "").toUpperCase()));
    if (listed) return choose(listed.id);
    await post(`/api/letter/${view.id}/note`, {text: text === "" ? t("DESK_NONE_NOTE") : t("DESK_NONE_NOTE_NAMED", text)});
    skipped.add(view.id);
    say(t("DESK_NONE_SAID"));
    await next();
  }

  async function notIrs() {
    await post(`/api/letter/${view.id}/note`, {text: t("DESK_NOT_IRS_NOTE")});
    await post(`/api/letter/${view.id}/done`, {done: true});
    await next();
  }

  function choices() {
    const buttons = view.guesses.slice(0, 5).map(({notice}, i) => {
      const maybe = view.maybes.find((one) => one.id === notice.id);
      return el("button", {type: "button", class: "choice", onclick: doing(() => choose(notice.id))},
        el("kbd", {}, String(i + 1)),
        el("span", {}, el("b", {}, notice.printed), ` ${notice.title}`, el("small", {}, notice.what),
          maybe?.act_by ? el("small", {class: "then"}, t("DESK_THEN_ACT", dayWords(maybe.act_by.date))) : null));
    });
    return el("section", {class: "box choices", "aria-label": t("DESK_WHICH"), onkeydown: key},
      el("h2", {}, t("DESK_WHICH")),
      el("p", {class: "hint"}, t("DESK_WHICH_HINT")), ...buttons,
      el("button", {type: "button", class: "choice", onclick: doing(none)}, el("kbd", {}, "0"), el("span", {}, el("b", {}, t("DESK_NONE")))),
      el("button", {type: "button", class: "choice", onclick: doing(notIrs)}, el("kbd", {}, "9"), el("span", {}, el("b", {}, t("DESK_NOT_IRS")))));
  }

  /* Keys work while the choices have the focus, so that no key does anything unseen. */
  function key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const guess = view.guesses[Number(event.key) - 1];
    if (event.key >= "1" && event.key <= "5" && guess) doing(() => choose(guess.notice.id))();
    else if (event.key === "0") doing(none)();
    else if (event.key === "9") doing(notIrs)();
    else return;
    event.preventDefault();
  }

  /* ---- its dates ---- */

  function dates() {
    return el("section", {class: "box"}, el("h2", {}, t("DESK_NOW_DATES", view.notice.printed)),
      el("p", {class: "hint"}, t("DESK_NOW_DATES_HINT")),
      fieldRows(view, paper, notices, async (after, point) => {
        const {warnings} = view.letter;
        view = after;
        await goOn(warnings, point);
      }));
  }

  function draw() {
    const chosen = view.notice !== null;
    const why = view.letter.warnings.map((warning) => el("li", {}, warning.text));
    const [first, ...rest] = cardLines(view.card[0]);
    const side = el("div", {class: "side"},
      el("p", {class: "crumb"}, t("DESK_REVIEW_LEFT", queue.length)),
      el("h1", {}, el("a", {href: `#/letter/${view.id}`}, t("DESK_LETTER", view.id)), ` · ${view.letter.source.file}`),
      el("section", {class: "headline urgent"}, first ?? "", ...rest),
      why.length > 0 ? el("section", {class: "box"}, el("h2", {}, t("DESK_WHY_LOOK")), el("ul", {class: "reasons"}, ...why)) : null,
      chosen ? dates() : choices(),
      el("p", {class: "buttons"}, el("button", {type: "button", onclick: doing(async () => { skipped.add(view.id); await next(); })}, t("DESK_LATER"))));
    root.replaceChildren(el("div", {class: "split"}, paper.root, side));
    focus();
  }

  /* Where the next key is wanted: a choice, a date to be seen, or the date that is not there. */
  function focus() {
    const wanted = [".choice", ".field.open input", ".field.none #f-notice_date", ".field input"];
    wanted.map((selector) => root.querySelector(selector)).find((one) => one !== null)?.focus();
  }

  await next();
  return {
    title: t("DESK_REVIEW"), root,
    ready: focus,
    event(name, data) {
      if (name === "pages" && view && data.sha256 === view.letter.source.sha256) paper.pagesCame();
      if (name === "docket" && !view) doing(next)();
    },
  };
}
