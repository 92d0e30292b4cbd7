// @ts-check
// The words of these modules, in the language that the page is spoken in.

// What the window is told of once another language is spoken.
export const SPOKEN = "weight-decay-explorer spoken";

/** @type {{ [text: string]: string }} */
let words = {};
/** @type {string | undefined} */
let read;

/**
 * Speak as the file at this address says; English where there is none.
 * @param {string} [address]
 */
export async function speak(address) {
  if (address === read) return;
  const told = address ? (await import(location.origin + address)).default : {};
  words = told;
  read = address;
  dispatchEvent(new Event(SPOKEN));
}

/** Whether the words are those of the code. */
export const isEnglish = () => read === undefined;

/**
 * A sentence with its values put into the places {name}.
 * @param {string} text a literal, which translators find by that
 * @param {{ [name: string]: string | number }} [values]
 */
export function say(text, values = {}) {
  return (words[text] ?? text).replace(/\{(\w+)\}/g, (place, name) =>
    String(values[name] ?? place),
  );
}
