// As much of chart2music, of the version beside this, as a walk meets.

import type { Step } from "./steps.js";

/** A point as it sounds: from 0 to 1, how far to the right and how high. */
export interface Note {
  x: number;
  y: number;
  custom: Step;
}

export type Data = { [group: string]: Note[] };

export interface Axes {
  x: { minimum: number; maximum: number };
  y: { minimum: number; maximum: number };
}

export interface Hotkey {
  key: { key: string; altKey?: boolean; shiftKey?: boolean };
  force: boolean;
  callback: () => void;
}

export interface Input {
  type: "matrix";
  element: HTMLElement;
  cc: HTMLElement;
  data: Data;
  axes: Axes;
  options: {
    enableSound: boolean;
    enableSpeech: boolean;
    onFocusCallback: (at: { point: Note }) => void;
    onSelectCallback: (at: { point: Note }) => void;
    customHotkeys: Hotkey[];
  };
}

export interface Music {
  /** A place beyond the end of the first group is taken as its end. */
  setData(data: Data, axes: Axes, place: number, group: string): void;
  getCurrent(): { point: Note };
  cleanUp(): void;
}

export function c2mChart(input: Input): { err: string | null; data?: Music };
