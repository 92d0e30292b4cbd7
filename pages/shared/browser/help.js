// @ts-check

import { element } from "./nodes.js";
import { say } from "./words.js";

// One bubble for all help marks, kept inside the window whichever tile it belongs to.
export class Help {
  bubble = element("div", { class: "wd-bubble", role: "tooltip", hidden: "" });
  follow = () => this.place();
  /** @type {Element | null} */
  owner = null;

  /** @type {(label: string, text: string) => HTMLElement} */
  mark(label, text) {
    const show = () => this.show(mark, text);
    const hide = () => this.hide();
    /** @type {HTMLElement} */
    const mark = element(
      "button",
      {
        type: "button",
        class: "wd-help",
        "aria-label": say("Help for {label}: {text}", { label, text }),
        onmouseenter: show,
        onfocus: show,
        onclick: show,
        // whoever has clicked or tapped still reads
        onmouseleave: () => document.activeElement !== mark && hide(),
        onblur: hide,
        onkeydown: (event) => event.key === "Escape" && hide(),
      },
      "?",
    );
    return mark;
  }

  /** @type {(mark: Element, text: string) => void} */
  show(mark, text) {
    this.owner = mark;
    this.bubble.textContent = text;
    this.bubble.hidden = false;
    this.place();
    addEventListener("scroll", this.follow, { capture: true, passive: true });
  }

  place() {
    if (!this.owner) return;
    const at = this.owner.getBoundingClientRect();
    const box = this.bubble.getBoundingClientRect();
    const left = Math.min(at.left, document.documentElement.clientWidth - box.width - 8);
    const below = at.bottom + 6 + box.height <= window.innerHeight;
    this.bubble.style.left = `${Math.max(8, left)}px`;
    this.bubble.style.top = `${below ? at.bottom + 6 : Math.max(8, at.top - 6 - box.height)}px`;
  }

  hide() {
    this.bubble.hidden = true;
    removeEventListener("scroll", this.follow, { capture: true });
  }
}
