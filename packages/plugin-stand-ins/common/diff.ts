import { isMap, diffInputs, type DiffResult, type PropertyMap, type PropertyValue } from "@smallstep-ssh/usersync/host";
import type { Inputs } from "./inputs";
import { isSame, pruned } from "./values";

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
  const olds: PropertyMap = {};
  const wanted: PropertyMap = {};
  for (const [name, { computed, ordered }] of Object.entries(inputs)) {
    if (ignored.includes(name) || ignored.includes("*") || (computed && news[name] === undefined)) continue;
    if (isSame(state[name], news[name], ordered)) continue;
    const now = shown(news[name]);
    olds[name] = shown(state[name]);
    wanted[name] = ordered ? now : aligned(olds[name], now);
  }
  return diffInputs(olds, wanted, {
    replaceOn: Object.keys(inputs).filter((name) => inputs[name]?.replaces),
    areEqual: ([name], before, after) => isSame(before, after, inputs[String(name)]?.ordered),
  });
}

/** Returns sets with the elements that they share with earlier ones at the same index, and null for removed elements. */
function aligned(old: PropertyValue | undefined, now: PropertyValue | undefined): PropertyValue | undefined {
  if (isMap(old) && isMap(now)) {
    return Object.fromEntries(Object.entries(now).map(([key, one]) => [key, aligned(old[key], one)]));
  }
  if (!Array.isArray(old) || !Array.isArray(now)) return now;
  const added = now.filter((one) => !old.some((other) => isSame(one, other)));
  const kept = old.map((other) => now.find((one) => isSame(one, other)) ?? added.shift() ?? null);
  return [...kept, ...added];
}

/**
 * Returns the inputs that produce `state`. A refresh returns only the previous inputs, in the program's notation if it
 * is equivalent. An import (`before` is empty) returns all set properties.
 */
export function inputsFromState(inputs: Inputs, before: PropertyMap, state: PropertyMap): PropertyMap {
  const importing = Object.keys(before).length === 0;
  const result: PropertyMap = {};
  for (const [name, input] of Object.entries(inputs)) {
    const found = state[name];
    if (importing)
      result[name] =
        (input.default === undefined ? pruned(found) : shown(found)) ?? (input.required ? found : undefined);
    else if (before[name] !== undefined)
      result[name] = isSame(before[name], found, input.ordered) ? before[name] : shown(found);
  }
  return result;
}

/** Returns a value without its unset parts. A boolean and a number stay, including false and 0. */
function shown(value: PropertyValue | undefined): PropertyValue | undefined {
  return typeof value === "boolean" || typeof value === "number" ? value : pruned(value);
}
