import { distance } from "fastest-levenshtein";

/** Every key of the stack's configuration starts with it: the project's name. */
export const namespace = "smallstep-ssh-azuread";

const SHOWN = 60;

/** A value as an error shows it: on one line, short, with nothing in it that a terminal or reader could misread. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "a map of settings";
  if (typeof value !== "string") return String(value);
  const printable = JSON.stringify(value.length > SHOWN ? `${value.slice(0, SHOWN)}...` : value);
  return printable.replace(/[^\P{C}\n]/gu, (c) => `\\u{${(c.codePointAt(0) ?? 0).toString(16)}}`);
}

/** `smallstep-ssh-azuread:folk.port`; names that are no plain words in brackets, as `pulumi config set --path` takes them. */
export function fullKey(path: readonly PropertyKey[]): string {
  const [first, ...rest] = path;
  const steps = rest.map((step) => {
    if (typeof step === "number") return `[${step}]`;
    return /^[\w-]+$/.test(String(step)) ? `.${String(step)}` : `[${show(String(step))}]`;
  });
  return first === undefined ? namespace : `${namespace}:${plainKey(String(first))}${steps.join("")}`;
}

function plainKey(key: string): string {
  return /^[\w-]+$/.test(key) ? key : show(key);
}

/** What somebody who wrote `name` probably meant, if one of the names is near enough. */
export function didYouMean(name: string, names: readonly string[]): string | undefined {
  // Names compared in lower case, and short ones more strictly: `a` is not a slip of `id`.
  const near = names
    .map((candidate) => ({ candidate, far: distance(name.slice(0, 100).toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, far }) => far <= Math.max(1, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.far - b.far);
  return near[0]?.candidate;
}

/** A list in words: `a, b or c`. */
export function anyOf(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} or ${names.at(-1) ?? ""}`;
}
