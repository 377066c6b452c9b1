import type { Cursor } from "./cursor";

export interface Options {
  ignoreCase: boolean;
  multiline: boolean;
  explicitCapture: boolean;
  singleline: boolean;
  ignoreWhitespace: boolean;
}

export const NO_OPTIONS: Options = {
  ignoreCase: false,
  multiline: false,
  explicitCapture: false,
  singleline: false,
  ignoreWhitespace: false,
};

const LETTERS: Record<string, keyof Options> = {
  i: "ignoreCase",
  m: "multiline",
  n: "explicitCapture",
  s: "singleline",
  x: "ignoreWhitespace",
};

/**
 * Reads inline options after "(?", as in (?i-s) or (?i-s:...).
 * @returns the new options; `ofOwnGroup` is true if they apply to their own group (...:...), not to the following text
 */
export function readOptions(cursor: Cursor, options: Options): { options: Options; ofOwnGroup: boolean } {
  const found = /^([A-Za-z]*)(?:-([A-Za-z]*))?([:)])/.exec(cursor.text.slice(cursor.at, cursor.at + 40));
  if (found === null) return cursor.fail("has a group (? of a type that .NET does not support");
  const changed = { ...options };
  for (const [letters, value] of [
    [found[1], true],
    [found[2], false],
  ] as const) {
    for (const letter of letters ?? "") {
      const option = LETTERS[letter];
      if (option === undefined) return cursor.fail(`sets an option ${letter}; .NET supports i, m, n, s and x`);
      changed[option] = value;
    }
  }
  cursor.at += found[0].length;
  return { options: changed, ofOwnGroup: found[3] === ":" };
}
