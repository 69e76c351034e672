// SPDX-License-Identifier: AGPL-3.0-or-later
// Every deadline of the clinic, soonest first.
import {ask, dayWords, daysLeft, doing, el, get, isReviewer, leftWords, post, say, state, t, urgency} from "/assets/kit.js";

const STATES = [["", "DESK_STATE_NOW"], ["missed", "DESK_STATE_MISSED"], ["open", "DESK_STATE_OPEN"], ["look", "DESK_STATE_LOOK"],
  ["passed", "DESK_STATE_PASSED"], ["done", "DESK_STATE_DONE"], ["all", "DESK_STATE_ALL"]];

export async function docketPage() {
  const wanted = {state: "", q: "", within: "", offset: 0};
  const body = el("tbody");
  const told = el("p", {class: "told", role: "status"});
  const more = el("p", {class: "buttons"});
  const states = el("div", {class: "states", role: "group", "aria-label": t("DESK_FILTER")});
  const query = el("input", {id: "q", type: "search", autocomplete: "off", maxlength: 70,
    oninput: debounce(() => { wanted.q = query.value.trim(); load(); })});
  const within = el("select", {id: "within", onchange: () => { wanted.within = within.value; load(); }},
    ...[["", "DESK_ANY_DAY"], ["7", "DESK_WITHIN_7"], ["14", "DESK_WITHIN_14"], ["30", "DESK_WITHIN_30"]].map(([value, word]) =>
      el("option", {value}, t(word))));
  const root = el("div", {},
    el("div", {class: "headrow"}, el("h1", {}, t("DESK_DOCKET")),
      el("a", {class: "button", href: `/api/calendar?lang=${state.language}`, download: ""}, t("DESK_CALENDAR"))),
    el("div", {class: "filters"}, states,
      el("p", {}, el("label", {for: "q"}, t("DESK_SEARCH")), query),
      el("p", {}, el("label", {for: "within"}, t("DESK_WHEN")), within)),
    told,
    el("table", {class: "docket"}, el("caption", {class: "unseen"}, t("DESK_DOCKET")),
      el("thead", {}, el("tr", {}, ...["DESK_WHEN", "DESK_LETTER_HEAD", "DESK_WHAT", "DESK_REF_SHORT", "DESK_ASSIGNED", "DESK_ACTIONS"].map((word) =>
        el("th", {scope: "col"}, t(word))))), body),
    more);

  function debounce(action) {
    let timer;
    return () => { clearTimeout(timer); timer = setTimeout(action, 200); };
  }

  function when(row) {
    if (row.state === "look")
      return [el("span", {class: "chip look"}, t("DOCKET_MUST_LOOK")),
        row.maybe ? el("small", {}, t("DESK_PERHAPS", dayWords(row.maybe.date, false))) : null];
    if (row.state === "done") return [el("span", {class: "chip later"}, t("DOCKET_DONE"))];
    if (!row.date) return [el("span", {class: "chip later"}, t("DOCKET_NONE"))];
    const days = daysLeft(row.date);
    return [el("span", {class: `chip ${row.state === "open" ? urgency(days) : row.state === "missed" ? "over" : "past"}`},
      row.state === "missed" ? t("DESK_MISSED") : leftWords(days)), el("small", {}, dayWords(row.date))];
  }

  function what(row) {
    if (row.state === "look") return row.reason;
    if (!row.right) return "";
    const kind = row.right.deadline.kind === "practice" ? "DOCKET_RIGHT_WARNING" : row.right.second_best ? "DOCKET_RIGHT_SECOND"
      : row.right.available === "conditional" ? "DOCKET_RIGHT_IF" : "DOCKET_RIGHT";
    return t(kind, row.right.name);
  }

  async function change(row, path, bodyOf, word) {
    await post(`/api/letter/${row.id}/${path}`, bodyOf);
    say(t(word, row.id));
    await load();
  }

  function buttons(row) {
    const name = t("DESK_LETTER", row.id);
    const button = (word, action) => el("button", {type: "button", class: "quiet", "aria-label": `${t(word)}: ${name}`, onclick: doing(action)}, t(word));
    return [
      row.state === "look" && isReviewer() ? el("a", {class: "button", href: `#/review/${row.id}`, "aria-label": `${t("DESK_LOOK")}: ${name}`}, t("DESK_LOOK")) : null,
      row.state !== "look" || isReviewer() ? button(row.letter.done ? "DESK_UNDO" : "DESK_DONE", () => change(row, "done", {done: !row.letter.done}, "DESK_SAVED")) : null,
      button("DESK_ASSIGN", async () => {
        const name = await ask(t("DESK_ASSIGN"), t("DESK_ASSIGN_LABEL"), row.letter.assigned ?? state.start.who);
        if (name !== null) await change(row, "assign", {name}, "DESK_SAVED");
      }),
      button("DESK_NOTE", async () => {
        const text = await ask(t("DESK_NOTE_ADD"), t("DESK_NOTE_LABEL"), "", {long: true, maximum: 1000});
        if (text) await change(row, "note", {text: text.replace(/\s+/g, " ")}, "DESK_SAVED");
      })];
  }

  function drawRow(row) {
    const title = row.letter.notice.title ?? row.letter.notice.printed ?? t(`DESK_STATUS_${row.letter.status.replaceAll("-", "_").toUpperCase()}`);
    return el("tr", {class: row.state},
      el("td", {class: "when"}, ...when(row)),
      el("th", {scope: "row"}, el("a", {href: `#/letter/${row.id}`}, row.letter.notice.id ?? t("DESK_LETTER", row.id)), el("small", {}, title),
        row.letter.fields.tin_last4 ? el("small", {}, t("DESK_ENDS", row.letter.fields.tin_last4)) : null),
      el("td", {}, what(row), row.letter.note ? el("small", {class: "noted"}, row.letter.note) : null),
      el("td", {class: "ref"}, row.letter.ref ?? ""), el("td", {}, row.letter.assigned ?? ""), el("td", {class: "actions"}, ...buttons(row).filter(Boolean)));
  }

  function drawStates(counts) {
    const count = (key) => key === "" || key === "all" ? "" : counts[key] > 0 ? ` ${counts[key]}` : "";
    const had = states.contains(document.activeElement) ? [...states.children].indexOf(document.activeElement) : -1;
    states.replaceChildren(...STATES.map(([key, word]) => el("button", {type: "button", "aria-pressed": String(wanted.state === key),
      onclick: () => { wanted.state = key; load(); }}, t(word) + count(key))));
    states.children[had]?.focus();
  }

  async function load(offset = 0) {
    const answer = await get(`/api/docket?${new URLSearchParams({...wanted, offset})}`);
    const rows = answer.rows.map(drawRow);
    if (offset === 0) body.replaceChildren(...rows);
    else body.append(...rows);
    drawStates(answer.counts);
    told.textContent = answer.found === 0 ? t("DESK_NOTHING") : t("DESK_FOUND", answer.found);
    const shown = offset + answer.rows.length;
    more.replaceChildren(shown < answer.found ? el("button", {type: "button", onclick: doing(() => load(shown))}, t("DESK_MORE")) : "");
  }

  await load();
  return {
    title: t("DESK_DOCKET"), root,
    event(name) { if (name === "docket" && body.children.length < 201 && !root.contains(document.activeElement)) doing(load)(); },
  };
}
