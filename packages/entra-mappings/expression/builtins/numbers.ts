import type { CallSite } from "../callsite";
import type { Thunk } from "../value";

export const numbers = {
  BitAnd: (site: CallSite): Thunk => {
    const [first, second] = [whole(site, 0), whole(site, 1)];
    return (lookup) => {
      const [a, b] = [first(lookup), second(lookup)];
      return a === null || b === null ? null : narrow(a & b);
    };
  },
};

function whole(site: CallSite, index: number): (lookup: Parameters<Thunk>[0]) => bigint | null {
  const number = site.number(index);
  return (lookup) => {
    const value = number(lookup);
    if (value === null) return null;
    if (typeof value === "number" && !Number.isInteger(value)) {
      site.fail(`requires a whole number for ${site.label(index)}, found ${value}`, index);
    }
    return BigInt(value);
  };
}

function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
