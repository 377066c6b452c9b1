import type { CallSite } from "../callsite";
import type { Thunk } from "../value";

/** Compiles Join: all values of all sources, without null and "" and their separators. */
function join(site: CallSite): Thunk {
  const separator = site.text(0);
  const sources = site.list.slice(1).map((_, index) => site.values(index + 1));
  return (lookup) => {
    const between = separator(lookup) ?? "";
    let joined = "";
    for (const source of sources) {
      for (const value of source(lookup)) {
        if (value === "") continue;
        joined = joined === "" ? value : joined + between + value;
      }
    }
    return joined;
  };
}

/**
 * Compiles Split. In the reference's only sample, the space after each comma disappears, so items are trimmed.
 * The reference does not define empty items. They are kept, as .NET's String.Split does.
 */
function split(site: CallSite): Thunk {
  const source = site.values(0);
  const delimiter = site.text(1);
  return (lookup) => {
    const values = source(lookup).filter((value) => value !== "");
    if (values.length === 0) return null;
    const by = delimiter(lookup) ?? "";
    if (by === "") return values;
    return values.flatMap((value) => value.split(by).map((item) => item.trim()));
  };
}

/** Compiles Item: index 1 is the first item. An index past the end returns null; the reference does not define this case. */
function item(site: CallSite): Thunk {
  const values = site.values(0);
  const index = site.integer(1);
  return (lookup) => {
    const place = index(lookup) ?? 0;
    if (place < 1) site.fail(`requires 1 or more for ${site.label(1)}, found ${place}`, 1);
    return values(lookup)[place - 1] ?? null;
  };
}

/** Compiles SingleAppRoleAssignment: the user's only role. The reference does not define which of several roles is used. */
function singleAppRoleAssignment(site: CallSite): Thunk {
  const values = site.values(0);
  return (lookup) => {
    const roles = values(lookup);
    if (roles.length > 1)
      site.fail(`is undefined for a user with ${roles.length} role assignments; it requires one`, 0);
    return roles[0] ?? null;
  };
}

export const lists = {
  Join: join,
  Split: split,
  Item: item,
  SingleAppRoleAssignment: singleAppRoleAssignment,
  Count: (site: CallSite): Thunk => {
    const values = site.values(0);
    return (lookup) => values(lookup).length;
  },
  /** Compares values with case and keeps the first of equal values. The reference defines neither. */
  RemoveDuplicates: (site: CallSite): Thunk => {
    const source = site.thunk(0);
    return (lookup) => {
      const value = source(lookup);
      return Array.isArray(value) ? [...new Set(value)] : value;
    };
  },
};
