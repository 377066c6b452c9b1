/** Expressions of up to 10,000 characters that are designed to be slow, for tests and benchmarks. Not part of the product. */
import { MAXIMUM_LENGTH } from "../expression/lexer";

/** Repeats the unit between the two texts as often as the maximum length allows. */
function fill(before: string, unit: string, after = ""): string {
  return before + unit.repeat(Math.floor((MAXIMUM_LENGTH - before.length - after.length) / unit.length)) + after;
}

/** Nests calls as deep as the maximum depth and the maximum length allow. */
export function nest(before: string, after: string, inner: string): string {
  const depth = Math.min(490, Math.floor((MAXIMUM_LENGTH - inner.length) / (before.length + after.length)));
  return before.repeat(depth) + inner + after.repeat(depth);
}

/** Attribute values for which these expressions are slowest. */
export const longValues: Readonly<Record<string, string>> = {
  a: "a".repeat(10_000),
  b: "a".repeat(28),
  c: "\u00e9\u0301 ".repeat(3000),
  d: "b".repeat(10_000),
};

export const slowExpressions: Readonly<Record<string, string>> = {
  "one long text": fill('ToLower("', "a", '")'),
  "text of escapes": fill('ToLower("', '\\"', '")'),
  "unterminated text": fill('ToLower("', "\\"),
  blanks: fill("Join(", ",", ")"),
  "many arguments": fill('Join(""', ",[a]", ")"),
  "nesting beyond the limit": fill("", "ToLower("),
  "deep nesting": nest("ToLower(", ")", "[a]"),
  "deep nesting of title case": nest("PCase(", ")", "[c]"),
  "deep nesting of diacritics": nest("NormalizeDiacritics(", ")", "[c]"),
  brackets: fill("", "["),
  quotes: fill("", '"'),
  spaces: fill("ToLower([a]", " ", ")"),
  "keys of a switch": fill('Switch([a], ""', ',"k","v"', ")"),
  "many words": fill('Join(""', ",Word([a],5,[d])", ")"),
  "many searches": fill('Join(""', ",InStr([a],[d])", ")"),
  "many splits": fill('Join(",", "x"', ',Split([a],"a")', ")"),
  "big alternation": fill('Replace([a], , "(', "a|", 'b)*$", , "", , )'),
  "groups in groups": `Replace([a], , "${"(".repeat(2000)}a${")*".repeat(2000)}", , "", , )`,
  "open groups": fill('Replace([a], , "', "(", '", , "", , )'),
  stars: fill('Replace([a], , "a', "*", '", , "", , )'),
  "optional runs": fill('Replace([a], , "', "a?", '", , "", , )'),
  "loops in a row": fill('Replace([a], , "', ".*", 'b", , "", , )'),
  "nested loops": 'Replace([a], , "(((a*)*)*)*b", , "", , )',
  "counted loops": 'Replace([a], , "(a{1,1000}){1,1000}b", , "", , )',
  "many counted loops": fill('Join(""', ',Replace([b], , "(a{140}){140}b", , "", , )', ")"),
  "back reference": 'Replace([b], , "(a*)*\\\\1b", , "", , )',
  "many back references": fill('Join(""', ',Replace([b], , "(a*)*\\\\1b", , "", , )', ")"),
  lookbehind: 'Replace([a], , "(?<=a*)a*b", , "", , )',
  "many lookbehinds": fill('Join(""', ',Replace([a], , "(?<=a*)a*b", , "", , )', ")"),
  "many loops": fill('Join(""', ',Replace([a], , "a*a*b", , "", , )', ")"),
  growth: nest("Replace(", ', "a", , , "aaaaaaaaaa", , )', "[b]"),
  "growth by a pattern": nest("Replace(", ', , ".", , "$&$&", , )', "[b]"),
  "growth by a template": nest("Replace(", ', "a", , , , , "aaaaaaaa")', "[b]"),
  "growth by encoding": nest("ConvertToBase64(", ")", "[b]"),
  "one big replacement": fill('Replace([a], "a", , , "', "x", '", , )'),
};
