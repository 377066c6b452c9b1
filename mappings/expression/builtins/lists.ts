import type { CallSite } from "../callsite";
import type { Thunk } from "../value";

/** Join: every value of every source, null and "" left out together with their separator. */
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
 * Split. The reference's only sample drops the space after each comma, so items are trimmed.
 * Nothing says what becomes of an item without a character: it is kept, as .NET's String.Split keeps it.
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

/** Item: 1 is the first; null past the end, which the reference leaves open. */
function item(site: CallSite): Thunk {
  const values = site.values(0);
  const index = site.integer(1);
  return (lookup) => {
    const place = index(lookup) ?? 0;
    if (place < 1) site.fail(`counts from 1 in ${site.label(1)}, found ${place}`, 1);
    return values(lookup)[place - 1] ?? null;
  };
}

/** SingleAppRoleAssignment: the user's one role. Which of several Entra would take is documented as undefined. */
function singleAppRoleAssignment(site: CallSite): Thunk {
  const values = site.values(0);
  return (lookup) => {
    const roles = values(lookup);
    if (roles.length > 1) site.fail(`is undefined for a user with ${roles.length} role assignments; expected one`, 0);
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
  /** Equal to the letter, the first of each kept: the reference says neither. */
  RemoveDuplicates: (site: CallSite): Thunk => {
    const source = site.thunk(0);
    return (lookup) => {
      const value = source(lookup);
      return Array.isArray(value) ? [...new Set(value)] : value;
    };
  },
};
