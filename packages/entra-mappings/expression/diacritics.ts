/**
 * The table of the function reference. Each row contains the replacement, the lower-case characters, and optionally the upper-case
 * characters; by default these follow from the lower-case ones. According to the reference, "ä" becomes a (not ae), "ø" becomes oe,
 * and "ö" becomes o. The table does not contain, for example, đ, þ, ð and œ, so these stay.
 */
const ROWS: [replacement: string, lower: string, upper?: string][] = [
  ["a", "ä, à, â, ã, å, á, ą, ă, ā, ā́, ā̀, ā̂, ā̃, ǟ, ā̈, ǡ, a̱, å̄"],
  ["ae", "æ, ǣ"],
  ["c", "ç, č, ć, c̄, c̱"],
  ["d", "ď, d̄, ḏ"],
  ["e", "ë, è, é, ê, ę, ě, ė, ē, ḗ, ḕ, ē̂, ē̃, ê̄, e̱, ë̄, e̊̄"],
  ["g", "ğ, ḡ, g̱"],
  ["i", "ï, î, ì, í, ı, ī, ī́, ī̀, ī̂, ī̃, i̱", "Ï, Î, Ì, Í, İ, Ī, Ī́, Ī̀, Ī̂, Ī̃, I̱"],
  ["l", "ľ, ł, l̄, ḹ, ḻ"],
  ["n", "ñ, ń, ň, n̄, ṉ"],
  ["o", "ö, ò, ő, õ, ô, ó, ō, ṓ, ṑ, ō̂, ō̃, ȫ, ō̈, ǭ, ȭ, ȱ, o̱"],
  ["oe", "ø, ø̄, œ̄"],
  ["r", "ř, r̄, ṟ, ṝ"],
  ["ss", "ß", ""],
  ["s", "š, ś, ș, ş, s̄, s̱"],
  ["t", "ť, ț, t̄, ṯ"],
  ["u", "ü, ù, û, ú, ů, ű, ū, ū́, ū̀, ū̂, ū̃, u̇̄, ǖ, ṻ, ṳ̄, u̱"],
  ["y", "ÿ, ý, ȳ, ȳ́, ȳ̀, ȳ̃, y̱"],
  ["z", "ź, ž, ż, z̄, ẕ"],
];

const table = new Map<string, string>();
for (const [replacement, lower, upper] of ROWS) {
  for (const character of lower.split(", ")) table.set(character.normalize("NFC"), replacement);
  for (const character of (upper ?? lower.toUpperCase()).split(", ")) {
    if (character !== "") table.set(character.normalize("NFC"), replacement.toUpperCase());
  }
}

// eslint-disable-next-line no-control-regex -- the ASCII range begins with control characters
const PLAIN = /^[\x00-\x7f]*$/;
/** Matches a character with its combining marks. */
const CLUSTER = /\P{M}\p{M}*/gu;

/** Replaces letters as in the reference's table, both composed and with combining marks. Other characters stay. */
export function normalizeDiacritics(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(CLUSTER, (cluster) => table.get(cluster.normalize("NFC")) ?? cluster);
}
