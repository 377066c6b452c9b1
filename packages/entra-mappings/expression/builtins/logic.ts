import { type CallSite, quoted } from "../callsite";
import { isEmpty, parseNumber, printScalar, type Thunk, type Value } from "../value";

/**
 * Evaluates a condition that is not a comparison. The strings "True" and "False" are truth values, because attributes contain them
 * as strings. A number is true if it is not zero. Null and empty values are false, as in a comparison.
 */
function truth(site: CallSite, value: Value): boolean {
  if (typeof value === "boolean") return value;
  if (isEmpty(value)) return false;
  if (typeof value === "number" || typeof value === "bigint") return Number(value) !== 0;
  const text = Array.isArray(value) ? value.join(";") : printScalar(value as Exclude<Value, null | string[]>);
  const lower = text.toLowerCase();
  if (lower === "true" || lower === "false") return lower === "true";
  const number = parseNumber(text);
  if (number !== undefined) return Number(number) !== 0;
  return site.fail(`requires a condition that is true or false, found ${quoted(text)}`, 0);
}

/**
 * Compiles IIF. The reference does not support IgnoreFlowIfNullOrEmpty as the condition. If it drops the attribute, nothing flows;
 * otherwise its result is not a truth value, so evaluation fails.
 */
function iif(site: CallSite): Thunk {
  const [condition, whenTrue, whenFalse] = [site.thunk(0), site.thunk(1), site.thunk(2)];
  const node = site.list[0]?.node;
  if (node?.kind === "call" && node.name === "IgnoreFlowIfNullOrEmpty") {
    return (lookup) =>
      isEmpty(condition(lookup))
        ? null
        : site.fail(
            "does not support IgnoreFlowIfNullOrEmpty as its condition; put IgnoreFlowIfNullOrEmpty around the whole IIF",
            0,
          );
  }
  if (node?.kind === "comparison")
    return (lookup) => (condition(lookup) === true ? whenTrue(lookup) : whenFalse(lookup));
  return (lookup) => (truth(site, condition(lookup)) ? whenTrue(lookup) : whenFalse(lookup));
}

/**
 * Compiles Switch: the value of the first key that equals the source. The comparison is case-sensitive, and the key "" also
 * matches null. Without a match and without a default, the result is null.
 */
function switchFunction(site: CallSite): Thunk {
  const source = site.text(0);
  const fallback = site.thunk(1);
  const cases: { key: (lookup: Parameters<Thunk>[0]) => string | null; value: Thunk }[] = [];
  const literal = new Map<string, Thunk>();
  for (let index = 2; index + 1 < site.count; index += 2) {
    const value = site.thunk(index + 1);
    cases.push({ key: site.text(index), value });
    const key = site.constantText(index);
    if (key !== undefined && !literal.has(key)) literal.set(key, value);
  }
  if (
    literal.size > 0 &&
    site.list.every((_, index) => index < 2 || index % 2 === 1 || site.constantText(index) !== undefined)
  ) {
    return (lookup) => (literal.get(source(lookup) ?? "") ?? fallback)(lookup);
  }
  return (lookup) => {
    const value = source(lookup) ?? "";
    const found = cases.find(({ key }) => (key(lookup) ?? "") === value);
    return (found?.value ?? fallback)(lookup);
  };
}

/** Compiles Coalesce: the first source with a value. A later value replaces "" (as the SuccessFactors guide shows); null does not. */
function coalesce(site: CallSite): Thunk {
  const thunks = site.list.map(({ thunk }) => thunk);
  return (lookup) => {
    let empty: Value = null;
    for (const thunk of thunks) {
      const value = thunk(lookup);
      if (!isEmpty(value)) return value;
      empty ??= value;
    }
    return empty;
  };
}

export const logic = {
  IIF: iif,
  Switch: switchFunction,
  Coalesce: coalesce,
  CBool: (site: CallSite): Thunk => {
    const value = site.thunk(0);
    return (lookup) => truth(site, value(lookup));
  },
  Not: (site: CallSite): Thunk => {
    const source = site.text(0);
    return (lookup) => source(lookup)?.toLowerCase() !== "true";
  },
  IsNull: nullTest,
  IsNothing: nullTest,
  IsNullOrEmpty: (site: CallSite): Thunk => {
    const value = site.thunk(0);
    return (lookup) => isEmpty(value(lookup));
  },
  IsPresent: (site: CallSite): Thunk => {
    const value = site.thunk(0);
    return (lookup) => !isEmpty(value(lookup));
  },
  IsString: (site: CallSite): Thunk => {
    const value = site.thunk(0);
    return (lookup) => typeof value(lookup) === "string";
  },
  IgnoreFlowIfNullOrEmpty: (site: CallSite): Thunk => {
    const value = site.thunk(0);
    return (lookup) => {
      const found = value(lookup);
      return isEmpty(found) ? null : found;
    };
  },
  /** Returns the value unchanged. Only the provisioning log hides it. */
  Redact: (site: CallSite): Thunk => site.thunk(0),
};

function nullTest(site: CallSite): Thunk {
  const value = site.thunk(0);
  return (lookup) => value(lookup) === null;
}
