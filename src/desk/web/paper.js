// SPDX-License-Identifier: AGPL-3.0-or-later
// The page on the desk: the picture at the left, with what was found drawn on it. What has the focus or the pointer is lit.
import {el, svg, t} from "/assets/kit.js";

const SIZES = [0.5, 0.75, 1, 1.5, 2, 3]; // of the width that it has to fit in
const ENOUGH = 1.1; // dots of the screen to one of the picture, before the picture with all dots is fetched

export class Paper {
  /* `marks`: [{key, page, box: [left, top, right, bottom], kind, name}] */
  constructor(letterId, pages, marks) {
    this.letterId = letterId;
    this.pages = pages;
    this.marks = marks.filter((mark) => mark.page > 0 && mark.box[2] > mark.box[0]);
    this.size = 1;
    this.sheet = el("div", {class: "sheet"});
    this.view = el("div", {class: "view", tabindex: "0", role: "group", "aria-label": t("DESK_PAPER"),
      onkeydown: (event) => this.key(event)}, this.sheet);
    this.tabs = el("div", {class: "pages"});
    this.root = el("section", {class: "paper", "aria-label": t("DESK_PAPER")},
      el("div", {class: "tools"}, this.tabs, el("span", {class: "gap"}),
        el("button", {type: "button", title: t("DESK_SMALLER"), "aria-label": t("DESK_SMALLER"), onclick: () => this.zoom(-1)}, "−"),
        el("button", {type: "button", title: t("DESK_FIT"), "aria-label": t("DESK_FIT"), onclick: () => this.fit()}, t("DESK_FIT_SHORT")),
        el("button", {type: "button", title: t("DESK_LARGER"), "aria-label": t("DESK_LARGER"), onclick: () => this.zoom(1)}, "+")),
      this.view);
    this.show(pages[0]);
  }

  key(event) {
    if (event.key === "+" || event.key === "=") this.zoom(1);
    else if (event.key === "-") this.zoom(-1);
    else if (event.key === "0") this.fit();
    else if (event.key === "PageDown" && event.ctrlKey) this.turn(1);
    else if (event.key === "PageUp" && event.ctrlKey) this.turn(-1);
    else return;
    event.preventDefault();
  }

  turn(by) {
    const next = this.pages[this.pages.indexOf(this.page) + by];
    if (next !== undefined) this.show(next);
  }

  zoom(by) {
    const at = SIZES.findIndex((size) => size >= this.size);
    this.size = SIZES[Math.min(SIZES.length - 1, Math.max(0, at + by))];
    this.sheet.style.width = `${this.size * 100}%`;
    this.sharpen();
  }

  fit() {
    this.size = 1;
    this.sheet.style.width = "100%";
  }

  drawTabs() {
    this.tabs.replaceChildren(...this.pages.map((page) => el("button", {type: "button",
      "aria-pressed": String(page === this.page), onclick: () => this.show(page)}, t("DESK_PAGE", page))));
  }

  async show(page, again = false) {
    this.page = page;
    this.drawTabs();
    const response = await fetch(`/api/letter/${this.letterId}/page/${page}${again ? "?again=1" : ""}`);
    if (this.page !== page) return;
    if (response.status === 202) {
      this.waiting = true;
      this.sheet.replaceChildren(el("p", {class: "blank"}, t("DESK_PAGE_COMING")));
      return;
    }
    this.waiting = false;
    const image = response.ok ? await this.picture(response).catch(() => null) : null;
    if (this.page !== page) return;
    if (!image) {
      this.sheet.replaceChildren(el("p", {class: "blank"}, t("DESK_PAGE_NONE")));
      return;
    }
    this.image = image;
    this.sharp = false;
    this.drawing = svg("svg", {viewBox: "0 0 1000 1000", preserveAspectRatio: "none", "aria-hidden": "true"});
    for (const mark of this.marks.filter((one) => one.page === page)) {
      const [left, top, right, bottom] = mark.box.map((part) => part * 1000);
      this.drawing.append(svg("rect", {x: left - 3, y: top - 2, width: right - left + 6, height: bottom - top + 4, rx: 2,
        class: `mark ${mark.kind}`, "data-key": mark.key, "vector-effect": "non-scaling-stroke"}));
    }
    this.sheet.replaceChildren(image, this.drawing);
    if (this.lit) this.light(this.lit);
    this.sharpen();
  }

  /* The picture of this page in a response, ready to be shown. */
  async picture(response) {
    const source = URL.createObjectURL(await response.blob());
    const image = el("img", {alt: t("DESK_PAGE_ALT", this.page), src: source});
    await image.decode();
    URL.revokeObjectURL(source);
    return image;
  }

  /* What comes first is of a screen's size. Who looks closer gets all dots, if the scan has more. */
  async sharpen() {
    const {image, page} = this;
    if (!image?.isConnected || this.sharp || this.sheet.clientWidth * devicePixelRatio <= image.naturalWidth * ENOUGH) return;
    this.sharp = true;
    const response = await fetch(`/api/letter/${this.letterId}/page/${page}?full=1`);
    if (!response.ok) return;
    const full = await this.picture(response).catch(() => null);
    if (!full || this.image !== image) return;
    image.replaceWith(full);
    this.image = full;
  }

  /* The pages of this scan are there now, or cannot be had. */
  pagesCame() {
    if (this.waiting) this.show(this.page, true);
  }

  /* Lights the place of that mark, and brings it into view; null puts the light out. */
  async light(key) {
    this.lit = key;
    for (const rect of this.drawing?.querySelectorAll(".mark") ?? []) rect.classList.remove("lit");
    const mark = this.marks.find((one) => one.key === key);
    if (!mark) return;
    if (mark.page !== this.page) {
      await this.show(mark.page);
      return;
    }
    const rect = this.drawing?.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (!rect) return;
    rect.classList.add("lit");
    const height = this.sheet.clientHeight;
    const middle = (mark.box[1] + mark.box[3]) / 2 * height;
    const {scrollTop, clientHeight} = this.view;
    if (middle < scrollTop + 40 || middle > scrollTop + clientHeight - 40)
      this.view.scrollTo({top: middle - clientHeight / 2});
  }
}
