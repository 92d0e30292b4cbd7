// As much of Plotly as the chart meets; what starts with _ is Plotly's own, of the pinned version.

/** Null is a gap, a text stands for itself. */
export type Value = number | string | null;

export interface Figure {
  data: Trace[];
  layout?: Layout;
}

export interface Trace {
  type?: string;
  mode?: string;
  x?: ArrayLike<Value>;
  y?: ArrayLike<Value>;
  xaxis?: string;
  yaxis?: string;
  name?: string;
  legendgroup?: string;
  opacity?: number;
  meta?: TraceMeta;
  [name: string]: unknown;
}

/** A trace that is filled from a series over another (`epoch`), or goes where a move says. */
export interface TraceMeta {
  series?: string;
  x?: string;
  moves?: string;
  /** Whether a table has its points, whatever the pointer and the legend name. */
  data?: boolean;
  /** Of a heat map what stands at its columns and rows, in cells without a number, in the others. */
  across?: ArrayLike<number>;
  upwards?: ArrayLike<Value>;
  instead?: Value[][];
  measure?: string;
}

export interface Layout {
  meta?: LayoutMeta;
  // biome-ignore lint/suspicious/noExplicitAny: Plotly's own, axes by their names among it
  [name: string]: any;
}

export interface LayoutMeta {
  /** Of a file that holds the picture. */
  filename?: string;
  /** What the picture shows, in words. */
  alt?: string;
  /** What to set on a narrow screen, by its path: "yaxis.domain". */
  narrow?: { [path: string]: unknown };
  /** How much lower a small window makes it, as a share of its height. */
  least?: number;
  /** Whether a click is for Python: one in the first panel, or in any of them. */
  clicks?: boolean | "panels";
}

/** The chart's node once Plotly has drawn in it. */
export interface Drawing extends HTMLElement {
  data: Trace[];
  layout: Layout;
  on(event: "plotly_click", act: (click: Click) => void): void;
  on(event: "plotly_restyle" | "plotly_doubleclick" | "plotly_afterplot", act: () => void): void;
  on(event: "plotly_relayout", act: (change?: { [path: string]: unknown }) => void): void;
  _fullData: FullTrace[];
  _fullLayout: FullLayout;
  _transitionData?: object;
}

export interface Click {
  event: { clientX: number; clientY: number };
  points: { x: Value; y: Value; xaxis: FullAxis }[];
}

export interface FullTrace {
  visible: boolean | "legendonly";
  uid: string;
  x: ArrayLike<Value>;
  z?: ArrayLike<ArrayLike<Value>>;
  xaxis: string;
  yaxis: string;
}

export interface FullLayout {
  xaxis: FullAxis;
  yaxis: FullAxis;
  // biome-ignore lint/suspicious/noExplicitAny: Plotly's own, further axes by their names among it
  [name: string]: any;
}

export interface FullAxis {
  type: string;
  range: [number, number];
  l2p(value: Value): number;
  d2p(value: Value): number;
  p2d(pixels: number): number;
  _id: string;
  _offset: number;
  _length: number;
}

export interface Plotly {
  react(node: Drawing, data: Trace[], layout: Layout, config: object): Promise<unknown>;
  animate(node: Drawing, frames: object, options: object): Promise<unknown>;
  downloadImage(figure: Figure, options: object): Promise<unknown>;
  register(locale: object): void;
  purge(node: Drawing): void;
  Plots: { resize(node: Drawing): Promise<unknown> };
  Fx: {
    hover(node: Drawing, points: object[], subplots: string[]): void;
    unhover(node: Drawing): void;
  };
}

declare global {
  interface Window {
    Plotly?: Plotly;
  }
}
