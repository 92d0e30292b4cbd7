// What Python sends to the chart: pages/shared/payload.py says the same, and a test compares them.

import type { Figure, Value } from "./plotly.d.ts";

/** What is drawn, played and said. */
export interface Payload {
  /** Names what is drawn. */
  run: string;
  /** Of the link that opens this picture. */
  query?: string;
  figure: Figure;
  series: Series;
  tiles?: Tile[];
  sentence?: string;
  /** One for each picture, in place of `sentence`. */
  sentences?: string[];
  /** What it shows, where that stands elsewhere on the page. */
  finding?: string;
  /** The last epoch, or how many a stream counts to. */
  total?: number;
  /** What a stream counts, if not epochs. */
  unit?: string;
  /** How many of these have come; without it, the last epoch that is drawn. */
  come?: number;
  /** Where the rest of a long run comes from. */
  stream?: string | null;
  /** Whether the stream goes on where it was stopped. */
  resumes?: boolean;
  /** Whether Python hears of the end, as it does of all that resumes. */
  tells_end?: boolean;
  /** What the stream works on, where its address says more than that. */
  work?: string;
  live?: Live | null;
  sliders?: Slider[];
  /** Where each moving trace is in each picture: `affine`, or `x` and `y`. */
  moves?: { [name: string]: { [part: string]: Packed } };
  /** The picture that it opens at. */
  position?: number;
  /** The choice of the sliders that this answers. */
  heard?: Choice | null;
  /** Marked in the picture. */
  guess?: Guess;
}

/** Numbers by the name of their curve; null is a gap, a text stands for itself. */
export type Series = { [name: string]: Value[] };

/** A number above the drawing, or a sum of them. */
export interface Tile {
  label: string;
  help?: string;
  role?: string;
  series?: string;
  text?: string;
  terms?: Term[];
}

export interface Term {
  label: string;
  series?: string;
  text?: string;
}

/** A range input over the pictures. */
export interface Slider {
  key: string;
  label: string;
  help?: string;
  role?: string;
  /** The pictures at which it stops. */
  stops: number[];
  /** Its value in words, one for each picture. */
  texts: string[];
}

/** The numbers of the picture that was chosen, by the keys of the sliders. */
export type Choice = { [key: string]: Value };

/** Where to ask for another payload while one of Streamlit's sliders is dragged. */
export interface Live {
  url: string;
  /** By the key of the slider. */
  controls: { [key: string]: Control };
}

/** The parameter of the address that a slider sets, and the values it takes, in its order. */
export interface Control {
  param: string;
  values: string[];
}

/** Where a visitor's guess lies: on the x axis of a panel, in its numbers, and what it says. */
export interface Guess {
  panel: string;
  at: number;
  text: string;
}

/** An array as Plotly writes one: base64 of its numbers, their kind and shape. */
export interface Packed {
  dtype: string;
  bdata: string;
  shape?: string;
}

/** What a stream says beyond its rows. */
export interface Part {
  figure?: Partial<Figure>;
  series?: Series;
  sentence?: string;
  sentences?: string[];
  tiles?: Tile[];
  moves?: { [name: string]: { [part: string]: Packed } };
  total?: number;
  unit?: string;
}

/** How far a stream has come, and what came with it. */
export interface Rows {
  series: Series;
  epoch: number;
  seconds_left: number | null;
}

/** Why a stream does not begin yet; nothing once it does. */
export interface Waiting {
  message: string;
}

/** Why a stream ended before its time. */
export interface Failure {
  message: string;
}
