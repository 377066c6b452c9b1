import { randomInt } from "node:crypto";

/** Allowed characters of a password and the minimum number of each kind. */
export interface PasswordRules {
  length: number;
  lower: boolean;
  upper: boolean;
  numeric: boolean;
  special: boolean;
  minLower: number;
  minUpper: number;
  minNumeric: number;
  minSpecial: number;
  /** Replaces the default special characters. Empty: the defaults. */
  overrideSpecial: string;
}

const usualSpecial = "!@#$%&*()-_=+[]{}<>:?";

/** Generates a random password. {@link wrongRules} must report no problem for the rules. */
export function generatePassword(rules: PasswordRules): string {
  const kinds = [
    { use: rules.lower, least: rules.minLower, from: "abcdefghijklmnopqrstuvwxyz" },
    { use: rules.upper, least: rules.minUpper, from: "ABCDEFGHIJKLMNOPQRSTUVWXYZ" },
    { use: rules.numeric, least: rules.minNumeric, from: "0123456789" },
    { use: rules.special, least: rules.minSpecial, from: rules.overrideSpecial || usualSpecial },
  ];
  const allowed = kinds.map(({ use, from }) => (use ? from : "")).join("");
  const characters = kinds.flatMap(({ least, from }) => pick(from, least));
  characters.push(...pick(allowed, rules.length - characters.length));
  return shuffled(characters).join("");
}

/** Reports invalid and contradictory rules, by property. */
export function wrongRules(rules: PasswordRules): { property: keyof PasswordRules; reason: string }[] {
  const wrong: { property: keyof PasswordRules; reason: string }[] = [];
  const least = rules.minLower + rules.minUpper + rules.minNumeric + rules.minSpecial;
  for (const property of ["length", "minLower", "minUpper", "minNumeric", "minSpecial"] as const) {
    const from = property === "length" ? 1 : 0;
    if (!Number.isInteger(rules[property]) || rules[property] < from) {
      wrong.push({ property, reason: `must be an integer of at least ${from}.` });
    }
  }
  if (rules.length < least) {
    wrong.push({ property: "length", reason: `must be at least ${least}, the sum of the minimums.` });
  }
  if (!rules.lower && !rules.upper && !rules.numeric && !rules.special) {
    wrong.push({ property: "special", reason: "at least one of lower, upper, numeric and special must be true." });
  }
  return wrong;
}

function pick(from: string, count: number): string[] {
  return Array.from({ length: count }, () => from.charAt(randomInt(from.length)));
}

function shuffled<T>(items: T[]): T[] {
  for (let index = items.length - 1; index > 0; index--) {
    const other = randomInt(index + 1);
    [items[index], items[other]] = [items[other] as T, items[index] as T];
  }
  return items;
}
