// @ts-check
// What somebody has zoomed stays while the picture moves on, is said, and is undone by a click.

/** @import { Picture } from "./picture.js" */
/** @import { Drawing, Layout } from "./plotly.d.ts" */

/** @typedef {{ [axis: string]: [number, number] }} Ranges */

/** @param {string} name */
export const isAxis = (name) => /^[xy]axis\d*$/.test(name);

export class Zoom {
  /**
   * What is shown of the axes that are zoomed, and what each axis showed before.
   * @type {Ranges}
   */
  shown = {};
  /** @type {Ranges} */
  home = {};
  // Plotly is to forget of each drawing how its axes were moved: that is kept here.
  drawings = 0;

  get on() {
    return Object.keys(this.shown).length > 0;
  }

  /**
   * Another kind of picture is shown whole.
   * @type {(picture: Picture, before: Picture) => void}
   */
  follow(picture, before) {
    const revision = picture.layout.uirevision;
    const same = revision !== undefined && revision === before.layout.uirevision;
    if (picture !== before && !same) this.shown = {};
  }

  /** @param {Layout} layout */
  apply(layout) {
    this.drawings += 1;
    for (const name of Object.keys(layout).filter(isAxis)) {
      const range = this.shown[name];
      const zoomed = range && { range: [...range], autorange: false };
      Object.assign(layout[name], zoomed, { uirevision: this.drawings });
    }
  }

  /** @param {Drawing} node */
  drawn(node) {
    if (!this.on) this.home = rangesOf(node);
  }

  /** @param {Drawing} node */
  moved(node) {
    const moved = Object.entries(rangesOf(node)).filter(
      ([name, [low, high]]) => low !== this.home[name]?.[0] || high !== this.home[name]?.[1],
    );
    this.shown = Object.fromEntries(moved);
  }

  undo() {
    this.shown = {};
  }
}

/**
 * @param {Drawing} node
 * @returns {Ranges}
 */
function rangesOf({ _fullLayout: full }) {
  const axes = Object.keys(full).filter(isAxis);
  return Object.fromEntries(axes.map((name) => [name, [full[name].range[0], full[name].range[1]]]));
}
