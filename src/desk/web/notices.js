// SPDX-License-Identifier: AGPL-3.0-or-later
// What is a CP504? The catalogue, searched as one types.
import {el, get, t} from "/assets/kit.js";

const plain = (text) => text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f\s-]/g, "");

function periodWords(right) {
  if (!right.count) return "";
  const words = {days: ["DESK_DAY", "DESK_DAYS"], "business-days": ["DESK_BUSINESS_DAY", "DESK_BUSINESS_DAYS"], years: ["DESK_YEAR", "DESK_YEARS"]};
  return t(words[right.count.unit][right.count.count === 1 ? 0 : 1], right.count.count);
}

function card(notice, open) {
  const rights = notice.rights.map((right, i) => el("li", {class: right.available}, notice.right_names[i],
    right.available === "no" ? el("small", {}, t("DESK_RIGHT_NO")) : periodWords(right) ? el("small", {}, periodWords(right)) : null));
  return el("details", {class: "notice", open},
    el("summary", {}, el("h2", {}, notice.printed, el("span", {}, ` ${notice.title}`)), el("small", {}, notice.what)),
    el("div", {class: "columns"},
      el("div", {}, el("h3", {}, t("MEANS")), el("p", {}, notice.means), el("h3", {}, t("TO_DO")), el("p", {}, notice.next)),
      el("div", {}, el("h3", {}, t("DESK_RIGHTS")), el("ul", {class: "rights"}, ...rights))));
}

export async function noticesPage() {
  const {notices, others} = await get("/api/notices");
  const list = el("div", {class: "notices"});
  const told = el("p", {class: "told", role: "status"});
  const query = el("input", {id: "q", type: "search", autocomplete: "off", placeholder: "CP504", oninput: draw});
  const root = el("div", {}, el("h1", {}, t("DESK_NOTICES")),
    el("p", {class: "searchrow"}, el("label", {for: "q"}, t("DESK_NOTICES_SEARCH")), query), told, list);

  function draw() {
    const wanted = plain(query.value);
    const holds = (...texts) => wanted === "" || texts.some((text) => plain(text).includes(wanted));
    const found = notices.filter((one) => holds(one.id, one.printed, one.title, ...one.numbers, one.what));
    const known = wanted === "" ? [] : others.filter((one) => holds(one.printed, one.title)).slice(0, 12);
    found.sort((a, b) => (plain(b.id) === wanted) - (plain(a.id) === wanted));
    told.textContent = t("DESK_NOTICES_FOUND", found.length);
    list.replaceChildren(...found.map((one) => card(one, found.length <= 2)),
      known.length > 0 ? el("section", {class: "box"}, el("h2", {}, t("DESK_OTHERS")), el("p", {class: "hint"}, t("DESK_OTHERS_HINT")),
        el("ul", {}, ...known.map((one) => el("li", {}, el("b", {}, one.printed), ` ${one.title}`)))) : "");
  }

  draw();
  return {title: t("DESK_NOTICES"), root};
}
