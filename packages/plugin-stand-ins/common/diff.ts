import {
  formatPath,
  type DiffResult,
  type PropertyDiffKind,
  type PropertyMap,
  type PropertyValue,
} from "@smallstep-ssh/usersync/host";
import type { Input, Inputs } from "./inputs";
import { isMap, isSame, pruned } from "./values";

/**
 * Plans changes as Terraform does: compares the state with the inputs. A property that the program does not set counts
 * as unset, so that a value set in the service shows as a change, unless the service may choose it.
 */
export function planDiff(
  inputs: Inputs,
  state: PropertyMap,
  news: PropertyMap,
  ignored: readonly string[],
): DiffResult {
  const changes: Record<string, PropertyDiffKind> = {};
  for (const [name, input] of Object.entries(inputs)) {
    const found: PropertyValue | undefined = state[name];
    if (news[name] === undefined && (input.computed || (isMap(found) && input.isUnset?.(found)))) continue;
    for (const [path, kind] of compare([name], found, news[name], input)) {
      const text = formatPath(path);
      if (
        !ignored.some((one) => one === "*" || text === one || text.startsWith(`${one}.`) || text.startsWith(`${one}[`))
      ) {
        changes[text] = input.replaces ? `${kind}-replace` : kind;
      }
    }
  }
  return { changes };
}

type Path = (string | number)[];
type Change = [Path, "add" | "update" | "delete"];

function compare(
  path: Path,
  before: PropertyValue | undefined,
  after: PropertyValue | undefined,
  input: Input,
): Change[] {
  if (isSame(before, after, input.ordered ?? false)) return [];
  const old: PropertyValue | undefined = pruned(before);
  const now: PropertyValue | undefined = pruned(after);
  if (old === undefined) return [[path, isScalar(before) ? "update" : "add"]];
  if (now === undefined) return [[path, isScalar(after) ? "update" : "delete"]];
  if (isMap(old) && isMap(now)) {
    const keys = new Set([...Object.keys(old), ...Object.keys(now)]);
    return [...keys].flatMap((key) => compare([...path, key], old[key], now[key], input));
  }
  if (Array.isArray(old) && Array.isArray(now)) {
    return input.ordered ? compareLists(path, old, now, input) : compareSets(path, old, now);
  }
  return [[path, "update"]];
}

function compareLists(path: Path, old: PropertyValue[], now: PropertyValue[], input: Input): Change[] {
  const places = Array.from({ length: Math.max(old.length, now.length) }, (_, index) => index);
  return places.flatMap((index) => compare([...path, index], old[index], now[index], input));
}

function compareSets(path: Path, old: PropertyValue[], now: PropertyValue[]): Change[] {
  const missing = (one: PropertyValue, from: PropertyValue[]) => !from.some((other) => isSame(one, other, false));
  const removed = old.flatMap((one, index) => (missing(one, now) ? [index] : []));
  const added = now.flatMap((one, index) => (missing(one, old) ? [index] : []));
  const kind = (index: number) => (removed.includes(index) ? (added.includes(index) ? "update" : "delete") : "add");
  return [...new Set([...removed, ...added])].sort((a, b) => a - b).map((index) => [[...path, index], kind(index)]);
}

/** Returns whether a value is a boolean or a number, including false and 0. */
function isScalar(value: PropertyValue | undefined): boolean {
  return typeof value === "boolean" || typeof value === "number";
}
