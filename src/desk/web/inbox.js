// SPDX-License-Identifier: AGPL-3.0-or-later
// The pile: drop, see it go, see by when to act.
import {dayWords, daysLeft, doing, el, get, isConfirmed, isReviewer, isToConfirm, leftWords, mustLook, post, say, state, t, urgency, Refused} from "/assets/kit.js";

const AT_ONCE = 3; // uploads that go at a time; the others wait in the browser
const TOLD_MS = 5000; // between two pages that a screen reader is told of: it has to finish a sentence

/* The letters of the pile's scans as they stand in the list: what came last is first. */
export function inOrder(items) {
  return [...new Set([...items].reverse().flatMap((item) => item.letters))];
}

export async function inboxPage() {
  const items = new Map();
  const letters = new Map(); // by id, as the desk last told
  const local = [];          // uploads that are not with the desk yet
  const list = el("ol", {class: "pile", "aria-label": t("DESK_PILE")});
  const told = el("p", {class: "told", role: "status"}); // these two stay, else what they say is not read out
  const pageTold = el("p", {class: "unseen", role: "status"});
  const steps = el("div", {class: "steps"});
  const summary = el("div", {class: "summary"}, told, steps, pageTold);
  let going = 0;

  const ref = el("input", {id: "ref", maxlength: 80, autocomplete: "off", placeholder: t("DESK_REF_HINT")});
  const files = el("input", {type: "file", multiple: true, hidden: true, "aria-label": t("DESK_CHOOSE"),
    accept: ".pdf,.tif,.tiff,.png,.jpg,.jpeg,.webp,.heic,.pnm,.pbm,.pgm,.ppm,image/*,application/pdf",
    onchange: () => { take(files.files); files.value = ""; }});
  const camera = el("input", {type: "file", accept: "image/*", capture: "environment", hidden: true, "aria-label": t("DESK_CAMERA"),
    onchange: () => { take(camera.files); camera.value = ""; }});
  const zone = el("div", {class: "drop"},
    el("p", {class: "big"}, t("DESK_DROP")),
    el("p", {class: "buttons"},
      el("button", {type: "button", class: "main", onclick: () => files.click()}, t("DESK_CHOOSE")),
      el("button", {type: "button", onclick: () => camera.click()}, t("DESK_CAMERA"))),
    el("p", {class: "hint"}, t("DESK_DROP_HINT")),
    el("p", {class: "ref"}, el("label", {for: "ref"}, t("DESK_REF")), ref),
    files, camera);
  const root = el("div", {}, el("h1", {}, t("DESK_INBOX")), zone, summary, list);

  const over = (on) => (event) => { event.preventDefault(); zone.classList.toggle("over", on); };
  root.addEventListener("dragover", over(true));
  root.addEventListener("dragleave", over(false));
  root.addEventListener("drop", (event) => { over(false)(event); take(event.dataTransfer.files); });

  /* ---- uploads ---- */

  function take(chosen) {
    for (const file of chosen) local.push({file, ref: ref.value.trim(), part: 0, state: "queued"});
    draw();
    next();
  }

  function next() {
    while (going < AT_ONCE) {
      const upload = local.find((one) => one.state === "queued");
      if (!upload) return;
      going++;
      send(upload);
    }
  }

  /* XMLHttpRequest, because fetch does not tell how much has gone. */
  function send(upload) {
    const request = new XMLHttpRequest();
    const query = new URLSearchParams({name: upload.file.name, ref: upload.ref});
    upload.state = "sending";
    request.open("POST", `/api/upload?${query}`);
    request.setRequestHeader("X-Irsort-Token", state.start.token);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = (event) => { upload.part = event.loaded / (event.total || 1); draw(); };
    const end = (code) => {
      going--;
      if (code === null) local.splice(local.indexOf(upload), 1);
      else Object.assign(upload, {state: "refused", code});
      draw();
      next();
    };
    request.onload = () => {
      if (request.status === 401) location.reload();
      if (request.status === 200) {
        note(JSON.parse(request.responseText));
        end(null);
      } else end(request.status === 413 ? "DESK_ERR_LARGE" : request.status === 422 ? "DESK_ERR_EMPTY" : "DESK_ERR_SEND");
    };
    request.onerror = () => end(upload.file.size > state.start.file_max ? "DESK_ERR_LARGE" : "DESK_ERR_SEND");
    if (upload.file.size > state.start.file_max) end("DESK_ERR_LARGE");
    else request.send(upload.file);
  }

  /* ---- what the desk tells ---- */

  let toldAt = 0;
  function tellPage(item) {
    if (item.pages < 2 || Date.now() - toldAt < TOLD_MS) return;
    toldAt = Date.now();
    pageTold.textContent = t("DESK_TOLD_PAGE", item.file, item.page, item.pages);
  }

  /* Of a scan that is being read only its line changes, so that the keys stay where they are. */
  function turnPage(item) {
    items.set(item.item, item);
    list.querySelector(`[data-item="${item.item}"] .state`)?.replaceWith(stateLine(item));
    tellPage(item);
  }

  function note(item) {
    const before = items.get(item.item);
    items.set(item.item, item);
    for (const id of item.letters) if (!letters.has(id)) load(id);
    if (before && before.state !== item.state && item.state === "failed") say(t("DESK_ITEM_FAILED", item.file));
  }

  async function load(id) {
    letters.set(id, null);
    try {
      letters.set(id, await get(`/api/letter/${id}`, true));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
    draw();
  }

  /* ---- drawing ---- */

  function drawLetter(id) {
    const view = letters.get(id);
    if (!view) return el("li", {class: "letter"}, t("DESK_LOADING"));
    const name = view.notice ? `${view.notice.printed} · ${view.notice.title}` : t(`DESK_STATUS_${view.status.replaceAll("-", "_").toUpperCase()}`);
    const sure = view.status === "identified";
    const act = sure ? view.letter.act_by : null;
    const soonest = sure ? null : view.maybes.find((maybe) => maybe.act_by);
    const look = !sure && !["not-irs", "blank"].includes(view.status);
    const head = view.card[0].lines[0];
    return el("li", {class: "letter"},
      el("a", {href: `#/letter/${id}`}, name),
      act ? el("span", {class: `chip ${urgency(daysLeft(act.date))}`}, t("DESK_ACT_BY", dayWords(act.date)), " · ", leftWords(daysLeft(act.date)))
          : look ? el("span", {class: "chip look"}, t("DESK_LOOK_FIRST"),
              soonest ? ` · ${t("DESK_PERHAPS", dayWords(soonest.act_by.date))}` : "")
          : sure && head ? el("span", {class: `chip ${head.ink === "urgent" ? "now" : "past"}`}, head.text)
          : el("span", {class: "chip past"}, t("DOCKET_NONE")),
      sure && isConfirmed(view) ? el("small", {class: "seen"}, "✓ ",
        t("DESK_SAID_CONFIRMED", (view.people.all ?? view.people.notice).who)) : null);
  }

  function errorWords(error) {
    const word = `DESK_READ_${error.code.replaceAll("-", "_").toUpperCase()}`;
    return t(word) === word ? t("DESK_READ_FAILED") : t(word);
  }

  function stateLine(item) {
    if (item.state === "waiting") return el("p", {class: "state"}, t("DESK_WAITING"));
    if (item.state === "reading") {
      const text = item.pages > 1 ? t("DESK_READING_PAGE", item.page, item.pages) : t("DESK_READING");
      const part = item.pages > 1 ? {max: item.pages, value: item.page - 1} : {};
      return el("p", {class: "state busy"}, text, el("progress", {...part, "aria-label": text}));
    }
    if (item.state === "failed") return el("p", {class: "state bad"}, errorWords(item.error));
    if (item.repeat) return el("p", {class: "state"}, t("DESK_REPEAT"));
    return null;
  }

  function drawItem(item) {
    return el("li", {class: `item ${item.state}`, "data-item": item.item},
      el("p", {class: "name"}, item.file, item.ref ? el("span", {class: "ref"}, t("DOCKET_CLIENT", item.ref)) : null,
        ["done", "failed"].includes(item.state) ? el("button", {type: "button", class: "quiet", "aria-label": t("DESK_FORGET_NAME", item.file),
          onclick: doing(async () => { await post(`/api/inbox/${item.item}/forget`); items.delete(item.item); draw(); })}, t("DESK_FORGET")) : null),
      stateLine(item), item.letters.length > 0 ? el("ul", {}, ...item.letters.map(drawLetter)) : null);
  }

  function drawUpload(upload) {
    return el("li", {class: `item ${upload.state}`},
      el("p", {class: "name"}, upload.file.name,
        upload.state === "refused" ? el("button", {type: "button", class: "quiet", "aria-label": t("DESK_FORGET_NAME", upload.file.name),
          onclick: () => { local.splice(local.indexOf(upload), 1); draw(); }}, t("DESK_FORGET")) : null),
      upload.state === "refused" ? el("p", {class: "state bad"}, t(upload.code))
        : el("p", {class: "state"}, t(upload.state === "queued" ? "DESK_QUEUED" : "DESK_SENDING"),
          el("progress", {max: 1, value: upload.part, "aria-label": t("DESK_SENDING")})));
  }

  function drawSummary() {
    const all = [...items.values()];
    const ids = [...new Set(all.filter((item) => item.state === "done").flatMap((item) => item.letters))];
    const busy = all.filter((item) => ["waiting", "reading"].includes(item.state)).length + local.filter((one) => one.state !== "refused").length;
    const views = ids.map((id) => letters.get(id)).filter(Boolean);
    const look = views.filter(mustLook).length;
    const waiting = views.filter(isToConfirm);
    const first = inOrder(all).map((id) => letters.get(id)).find((view) => waiting.includes(view));
    const sheet = (language, word) => el("a", {class: "button", target: "_blank", href: `/sheet?ids=${ids.join(",")}&lang=${language}`}, t(word));
    const text = all.length + local.length === 0 ? "" : busy > 0 ? t("DESK_BUSY", busy) : t("DESK_ALL_READ", ids.length);
    if (told.textContent !== text) told.textContent = text;
    steps.replaceChildren(
      ...(look > 0 && isReviewer() ? [el("a", {class: "button main", href: "#/review"}, t("DESK_GO_REVIEW", look))] : []),
      ...(first && busy === 0 && isReviewer() ? [el("a", {class: look > 0 ? "button" : "button main", href: `#/letter/${first.id}/confirm`},
        t("DESK_GO_CONFIRM", waiting.length))] : []),
      ...(ids.length > 0 ? [sheet("en", "DESK_SHEET_EN"), sheet("es", "DESK_SHEET_ES")] : []));
  }

  let drawing = 0;
  function draw() {
    if (drawing) return;
    drawing = requestAnimationFrame(() => {
      drawing = 0;
      const had = document.activeElement;
      const [name, value] = ["href", "aria-label"].map((one) => [one, had?.getAttribute(one)]).find(([, one]) => one) ?? [];
      drawSummary();
      list.replaceChildren(...local.map(drawUpload), ...[...items.values()].reverse().map(drawItem));
      if (name && document.activeElement === document.body) root.querySelector(`[${name}="${CSS.escape(value)}"]`)?.focus();
    });
  }

  for (const item of (await get("/api/inbox")).items) note(item);
  draw();
  return {
    title: t("DESK_INBOX"), root,
    event(name, data) {
      if (name === "item" && data.state === "reading" && items.get(data.item)?.state === "reading") return turnPage(data);
      if (name === "item") note(data);
      if (name === "docket") for (const id of letters.keys()) load(id);
      draw();
    },
  };
}
