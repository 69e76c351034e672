// SPDX-License-Identifier: AGPL-3.0-or-later
// One letter: the paper at the left; at the right by when to act, what was read, and the rights as steps.
import {DATES, ask, cardLines, cardSection, dayWords, doing, el, get, isConfirmed, isReviewer, isToConfirm, mustLook, post, say, state, t, timeWords}
  from "/assets/kit.js";
import {inOrder} from "/assets/inbox.js";
import {Paper} from "/assets/paper.js";

const ALWAYS = ["notice_date", "tin_last4", "tax_periods", "amount_due"];
const OPEN = ["CANDIDATES", "THE_LETTER", "TO_DO"]; // sections that are shown unfolded

function marksOf(view) {
  const marks = view.letter.evidence.map((one, i) => ({...one, key: `e${i}`, name: one.text}));
  for (const [name, value] of Object.entries(view.read))
    [value].flat().forEach((one, i) => marks.push({key: i === 0 ? name : `${name}-${i}`, page: one.page, box: one.box, kind: "field", name}));
  const number = view.letter.evidence.find((one) => one.kind === "number") ?? view.letter.evidence.find((one) => one.kind === "title");
  if (number) marks.push({key: "notice", page: number.page, box: number.box, kind: "number", name: "notice"});
  return marks;
}

function valueOf(view, name) {
  if (name === "notice") return view.notice?.id ?? "";
  const field = view.letter.fields[name];
  return [field ?? []].flat().map((one) => one.value).join("; ");
}

/* What people write on paper: 1,234.5 is meant as 1234.50. */
function tidy(name, text) {
  text = text.trim();
  if (name === "amount_due" && text !== "") {
    const plain = text.replace(/[$,\s]/g, "");
    return /^\d+(\.\d{1,2})?$/.test(plain) ? Number(plain).toFixed(2) : text;
  }
  return text;
}

/* The rows of fields of a letter, each with its place on the paper. `changed` gets the letter after each change. */
export function fieldRows(view, paper, notices, changed) {
  const settled = (name) => !view.unsettled.includes(name) &&
    (view.people[name] || (view.people.all && valueOf(view, name) !== ""));
  const who = (name) => view.people[name] ?? view.people.all;

  async function keep(name, input) {
    const text = tidy(name, input.value);
    const same = text === valueOf(view, name);
    if (same && text === "") return;
    const after = same ? await post(`/api/letter/${view.id}/confirm`, {point: name})
                       : await post(`/api/letter/${view.id}/correct`, {point: name, value: text});
    say(t(same ? "DESK_CONFIRMED" : text === "" ? "DESK_REMOVED" : "DESK_CORRECTED", t(name === "notice" ? "DESK_NOTICE" : `field:${name}`)));
    changed(after, name);
  }

  function row(name) {
    const label = name === "notice" ? t("DESK_NOTICE") : t(`field:${name}`);
    const value = valueOf(view, name);
    const read = name === "notice" ? "" : [view.read[name] ?? []].flat().map((one) => one.value).join("; ");
    const input = el("input", {id: `f-${name}`, type: DATES.includes(name) ? "date" : "text", autocomplete: "off",
      maxlength: 190, inputmode: name === "amount_due" ? "decimal" : null, list: name === "notice" ? "notice-ids" : null, readonly: !isReviewer(),
      onfocus: () => paper.light(name),
      onkeydown: (event) => { if (event.key === "Escape") { input.value = value; offer(); } }});
    input.value = value;
    const state = settled(name) ? "settled" : view.unsettled.includes(name) ? "open" : value === "" ? "none" : "read";
    const button = el("button", {type: "submit"});
    const offer = () => {
      const same = input.value === value;
      button.textContent = t(same ? "DESK_CONFIRM" : input.value === "" ? "DESK_REMOVE" : "DESK_CORRECT");
      button.setAttribute("aria-label", `${button.textContent}: ${label}`);
      button.hidden = !isReviewer() || (same && (value === "" || state === "settled"));
    };
    input.addEventListener("input", offer);
    offer();
    return el("form", {class: `field ${state}`, onmouseenter: () => paper.light(name), onmouseleave: () => paper.light(null),
      onsubmit: (event) => { event.preventDefault(); if (isReviewer()) doing(() => keep(name, input))(); }},
      el("label", {for: `f-${name}`}, label), input, button,
      el("p", {class: "note"},
        DATES.includes(name) && value ? `${dayWords(value)}. ` : "",
        state === "settled" ? `✓ ${t(who(name).what === "corrected" ? "DESK_SAID_CORRECTED" : "DESK_SAID_CONFIRMED", who(name).who)}`
          : state === "open" ? t("DESK_SAID_OPEN") : state === "none" ? t(isReviewer() ? "DESK_SAID_NONE" : "DESK_SAID_NOT_FOUND") : t("DESK_SAID_READ"),
        read !== "" && read !== value ? ` ${t("DESK_WAS_READ", read)}` : ""));
  }

  const shown = state.start.fields.filter((name) => ALWAYS.includes(name) || view.letter.fields[name] || view.read[name]);
  const others = state.start.fields.filter((name) => !shown.includes(name));
  const rows = el("div", {class: "fields"}, row("notice"), ...shown.map(row),
    el("datalist", {id: "notice-ids"}, ...notices.map((one) => el("option", {value: one.id}, one.title))));
  if (others.length > 0)
    rows.append(el("details", {class: "more"}, el("summary", {}, t("DESK_MORE_FIELDS")), ...others.map(row)));
  return rows;
}

function headOf(view) {
  const head = view.card[0];
  const [first, ...rest] = cardLines(head);
  first?.classList.add("first");
  return el("section", {class: `headline ${head.lines[0]?.ink ?? ""}`, "aria-live": "polite"}, first ?? "", ...rest);
}

/* What speaks against the day above stands under it. */
function warningsOf(view) {
  const section = cardSection(view.card, "WARNINGS");
  return section ? el("section", {class: "box warned"}, el("h2", {}, section.title), ...cardLines(section)) : "";
}

function evidenceOf(view, paper) {
  return el("ul", {class: "evidence"}, ...view.letter.evidence.map((one, i) =>
    el("li", {}, el("button", {type: "button", class: `why ${one.kind}`, onfocus: () => paper.light(`e${i}`),
      onmouseenter: () => paper.light(`e${i}`), onclick: () => paper.light(`e${i}`)},
      el("b", {}, t(`KIND_${one.kind.toUpperCase()}`)), ` “${one.text}” `, el("small", {}, t("DESK_PAGE", one.page))))));
}

export async function letterPage(argument, purpose) {
  const id = Number(argument);
  const [first, {notices}] = await Promise.all([get(`/api/letter/${id}`), get("/api/notices")]);
  let view = first;
  const paper = new Paper(id, view.letter.source.pages, marksOf(view));
  const side = el("div", {class: "side"});
  const root = el("div", {class: "split"}, paper.root, side);

  function draw(after, focus) {
    if (after) view = after;
    const open = new Set([...side.querySelectorAll("details[open]")].map((one) => one.dataset.name));
    const known = view.notice;
    const fold = (name, title, ...content) =>
      el("details", {"data-name": name, open: open.has(name) || (open.size === 0 && OPEN.includes(name) && !side.firstChild)},
        el("summary", {}, el("h2", {}, title)), ...content);
    const sections = view.card.filter((section) => !["HEAD", "WARNINGS", "WHY"].includes(section.name));
    const rows = fieldRows(view, paper, notices, draw);
    side.replaceChildren(
      el("p", {class: "crumb"}, el("a", {href: "#/docket"}, t("DESK_DOCKET")), ` › ${t("DESK_LETTER", id)}`),
      el("h1", {}, known ? `${known.printed}: ${known.title}` : t(`DESK_STATUS_${view.status.replaceAll("-", "_").toUpperCase()}`)),
      headOf(view), warningsOf(view),
      el("section", {class: "box"}, el("h2", {}, t("DESK_FIELDS")), el("p", {class: "hint"}, t(isReviewer() ? "DESK_FIELDS_HINT" : "DESK_ONLY_REVIEWER")),
        rows,
        known && isReviewer() && rows.querySelector(".read, .open") ? el("p", {class: "buttons"},
          el("button", {type: "button", class: isConfirmed(view) ? "" : "main", onclick: doing(confirmAll)}, t("DESK_CONFIRM_ALL"))) : null,
        isConfirmed(view) && isReviewer() ? onward() : null),
      ...sections.map((section) => fold(section.name, section.title, ...cardLines(section))),
      fold("EVIDENCE", t("DESK_EVIDENCE"), el("p", {class: "hint"}, t("DESK_EVIDENCE_HINT")), evidenceOf(view, paper)),
      actions(), historyFold(fold));
    if (!focus) return;
    const next = nextField(focus);
    side.querySelector(`#f-${CSS.escape(next)}`).focus();
    if (next === focus && isConfirmed(view)) focusOnward();
  }

  /* Where to go when this letter is through with: the next of the pile that waits for a person. */
  async function nextOf(pile) {
    const ids = inOrder(pile);
    const at = ids.indexOf(id);
    for (const other of [...ids.slice(at + 1), ...ids.slice(0, Math.max(at, 0))]) {
      const one = await get(`/api/letter/${other}`, true);
      if (mustLook(one)) return el("a", {class: "button main", href: `#/review/${other}`}, t("DESK_NEXT_LOOK"));
      if (isToConfirm(one)) return el("a", {class: "button main", href: `#/letter/${other}/confirm`}, t("DESK_NEXT_LETTER", one.notice.printed));
    }
    return null;
  }

  function onward() {
    const line = el("p", {class: "buttons onward"});
    const fill = async () => {
      const {items} = await get("/api/inbox", true);
      const next = await nextOf(items);
      line.replaceChildren(...(next ? [next] : [el("b", {}, `✓ ${t("DESK_PILE_CONFIRMED")}`)]),
        el("a", {class: "button", href: "#/inbox"}, t("DESK_GO_INBOX")));
      if (line.dataset.wanted) line.querySelector("a").focus();
    };
    doing(fill)();
    return line;
  }

  /* The keys go on with what comes next, as soon as it is known. */
  function focusOnward() {
    const line = side.querySelector(".onward");
    if (!line) return;
    line.dataset.wanted = "yes";
    line.querySelector("a")?.focus();
  }

  /* After one field is settled the next one that is not gets the keys. */
  function nextField(name) {
    const inputs = [...side.querySelectorAll(".field input")].map((input) => input.id.slice(2));
    const at = inputs.indexOf(name);
    const form = (one) => side.querySelector(`#f-${CSS.escape(one)}`).closest("form");
    return inputs.slice(at + 1).find((one) => form(one).matches(".open, .read") && !form(one).closest("details:not([open])")) ?? name;
  }

  async function confirmAll() {
    draw(await post(`/api/letter/${id}/confirm`));
    say(t("DESK_ALL_CONFIRMED"));
    focusOnward();
  }

  async function change(path, body) {
    draw(await post(`/api/letter/${id}/${path}`, body));
    say(t("DESK_SAVED"));
  }

  function actions() {
    const line = (label, value, button, act) => el("p", {class: "fact"}, el("span", {}, label), el("b", {}, value || "–"),
      el("button", {type: "button", class: "quiet", "aria-label": `${button}: ${label}`, onclick: doing(act)}, button));
    const edit = (path, key, title, label, value) => async () => {
      const text = await ask(title, label, value ?? "");
      if (text !== null) await change(path, {[key]: text});
    };
    return el("section", {class: "box"}, el("h2", {}, t("DESK_CASE")),
      line(t("DESK_REF"), view.ref, t("DESK_CHANGE"), edit("ref", "ref", t("DESK_REF"), t("DESK_REF_HINT"), view.ref)),
      line(t("DESK_ASSIGNED"), view.assigned, t("DESK_CHANGE"), edit("assign", "name", t("DESK_ASSIGNED"), t("DESK_ASSIGN_LABEL"), view.assigned)),
      line(t("DESK_NOTE"), view.note, t("DESK_NOTE_ADD"), async () => {
        const text = await ask(t("DESK_NOTE_ADD"), t("DESK_NOTE_LABEL"), "", {long: true, maximum: 1000});
        if (text) await change("note", {text: text.replace(/\s+/g, " ")});
      }),
      el("p", {class: "buttons"},
        !view.must_look || isReviewer() ? el("button", {type: "button", onclick: doing(() => change("done", {done: !view.done}))}, t(view.done ? "DESK_UNDO" : "DESK_DONE"))
          : el("span", {class: "hint"}, t("DESK_REVIEWER_FIRST")),
        el("a", {class: "button", target: "_blank", href: `/sheet?ids=${id}&lang=en`}, t("DESK_SHEET_EN")),
        el("a", {class: "button", target: "_blank", href: `/sheet?ids=${id}&lang=es`}, t("DESK_SHEET_ES")),
        view.ref ? el("a", {class: "button", target: "_blank", href: `/sheet?ref=${encodeURIComponent(view.ref)}&lang=${state.language}`}, t("DESK_SHEET_ALL")) : null,
        isReviewer() ? el("a", {class: "button", href: `/api/letter/${id}/case`, download: "", title: t("DESK_CASE_EXPORT_HINT")},
          t("DESK_CASE_EXPORT")) : null));
  }

  function historyFold(fold) {
    const list = el("ol", {class: "history"});
    const load = async () => list.replaceChildren(...(await get(`/api/letter/${id}/history`)).map((event) =>
      el("li", {}, el("time", {}, timeWords(event.at)), el("b", {}, event.who), el("span", {}, event.text))));
    const details = fold("HISTORY", t("DESK_HISTORY"), list);
    details.addEventListener("toggle", () => { if (details.open) doing(load)(); });
    if (details.open) doing(load)();
    return details;
  }

  draw();
  return {
    title: t("DESK_LETTER", id), root,
    ready() { // who comes from another letter of the pile goes on with the keys
      if (purpose === "confirm") side.querySelector(".field:is(.open, .read) input")?.focus();
    },
    event(name, data) {
      if (name === "pages" && data.sha256 === view.letter.source.sha256) paper.pagesCame();
      if (name === "item" && data.letters?.includes(id)) paper.pagesCame();
    },
  };
}

export {marksOf};
