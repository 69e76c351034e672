// SPDX-License-Identifier: AGPL-3.0-or-later
// Who did what, for reviewers.
import {el, get, t, timeWords} from "/assets/kit.js";

function what(line) {
  const act = t(`AUDIT_${line.act.replaceAll("-", "_").toUpperCase()}`, line.about ?? "");
  return line.outcome === "done" ? act : t(`AUDIT_${line.outcome.toUpperCase()}`, act);
}

export async function auditPage() {
  const {lines} = await get("/api/audit");
  const row = (line) => el("tr", {class: line.outcome},
    el("td", {}, timeWords(Date.parse(line.at) / 1000)), el("td", {}, line.who ?? t("AUDIT_NOBODY")),
    el("td", {}, line.from ?? t("AUDIT_SHELL")), el("td", {}, what(line)),
    el("td", {}, line.letter ? el("a", {href: `#/letter/${line.letter}`}, t("DESK_LETTER", line.letter)) : ""));
  const root = el("div", {}, el("h1", {}, t("AUDIT_TITLE")), el("p", {class: "hint"}, t("AUDIT_HINT", 500)),
    el("table", {class: "docket audit"}, el("caption", {class: "unseen"}, t("AUDIT_TITLE")),
      el("thead", {}, el("tr", {}, ...["AUDIT_AT", "AUDIT_WHO", "AUDIT_FROM", "AUDIT_WHAT", "DESK_LETTER_HEAD"].map((word) =>
        el("th", {scope: "col"}, t(word))))),
      el("tbody", {}, ...lines.map(row))));
  return {title: t("AUDIT_TITLE"), root};
}
