import { distance } from "fastest-levenshtein";

/**
 * Returns the most similar candidate for a mistyped word, for "did you mean": one within an edit distance of a third of its length, or
 * one that contains the word or is contained in it. Ignores case and punctuation.
 */
export function findClosest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = plain(word);
  if (wanted === "") return undefined;
  let best: { name: string; score: number } | undefined;
  for (const name of candidates) {
    const candidate = plain(name);
    const edits = distance(wanted, candidate);
    const isContained = candidate.includes(wanted) || (candidate !== "" && wanted.includes(candidate));
    const score = edits <= Math.max(1, Math.floor(candidate.length / 3)) ? edits : isContained ? 100 : undefined;
    if (score !== undefined && (best === undefined || score < best.score)) best = { name, score };
  }
  return best?.name;
}

/** Truncates, because the word is untrusted and the distance takes quadratic time. */
function plain(text: string): string {
  return text
    .slice(0, 64)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, "");
}
