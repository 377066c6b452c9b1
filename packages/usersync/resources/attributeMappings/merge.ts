import { isDeepStrictEqual } from "node:util";

import { toMappingSource } from "entra-mappings";
import type { PropertyMap } from "../../host/types";
import { type Mapping, fromGraph, fromInputs, parseSource, sameWord } from "./mapping";
import type { GraphMapping, SynchronizationSchema } from "../../clients/graph/schema";
import { type ObjectMappingLocation, withMappings } from "./objectMapping";

/** Wanted mappings as checked inputs, by target attribute. */
export type WantedMappings = Readonly<Record<string, PropertyMap>>;

/**
 * Merges the wanted mappings into the schema. Changes only the differing properties of existing mappings and appends
 * missing ones in the order of their names. With `exclusive`, removes all other mappings of the object. Otherwise keeps
 * them, but moves their priority if a wanted mapping has the same one.
 */
export function merge(
  schema: SynchronizationSchema,
  place: ObjectMappingLocation,
  wanted: WantedMappings,
  exclusive: boolean,
): { schema: SynchronizationSchema; changed: boolean } {
  const done = new Set<string>();
  const kept = place.mappings.flatMap((mapping): GraphMapping[] => {
    const target = mapping.targetAttributeName ?? "";
    const inputs = wanted[target];
    // Treat a second mapping of the same attribute as another mapping.
    if (inputs === undefined || done.has(target)) return exclusive ? [] : [mapping];
    done.add(target);
    return [adjust(mapping, inputs)];
  });
  const added = Object.keys(wanted)
    .filter((target) => !done.has(target))
    .sort()
    .map((target) => create(target, wanted[target] ?? {}));
  const mappings = removeConflicting([...kept, ...added], wanted);
  const changed = !isDeepStrictEqual(mappings, place.mappings);
  return { schema: changed ? withMappings(schema, place, mappings) : schema, changed };
}

function adjust(mapping: GraphMapping, inputs: PropertyMap): GraphMapping {
  const is = fromGraph(mapping);
  const wanted = fromInputs(inputs);
  return {
    ...mapping,
    // Keep an equivalent source unchanged.
    ...(is.expression === wanted.expression ? {} : { source: sourceOf(inputs, mapping.source) }),
    ...(is.default === wanted.default ? {} : { defaultValue: wanted.default }),
    ...(sameWord(is.flowType, wanted.flowType) ? {} : { flowType: wanted.flowType }),
    ...(is.matchingPriority === wanted.matchingPriority ? {} : { matchingPriority: wanted.matchingPriority }),
  };
}

function create(target: string, inputs: PropertyMap): GraphMapping {
  const wanted: Mapping = fromInputs(inputs);
  return {
    defaultValue: wanted.default,
    exportMissingReferences: false,
    flowBehavior: "FlowWhenChanged",
    flowType: wanted.flowType,
    matchingPriority: wanted.matchingPriority,
    source: sourceOf(inputs, null),
    targetAttributeName: target,
  };
}

function sourceOf(inputs: PropertyMap, previous: GraphMapping["source"]): GraphMapping["source"] {
  const tree = parseSource(inputs);
  return tree === undefined ? null : { ...previous, ...toMappingSource(tree) };
}

// Two attributes cannot have the same priority. Move the others to the next free ones and keep their order.
function removeConflicting(mappings: GraphMapping[], wanted: WantedMappings): GraphMapping[] {
  const seen = new Set<string>();
  const isOther = mappings.map(({ targetAttributeName }) => {
    const target = targetAttributeName ?? "";
    const other = wanted[target] === undefined || seen.has(target);
    seen.add(target);
    return other;
  });
  const priority = (index: number): number => fromGraph(mappings[index] ?? {}).matchingPriority;
  const indexes = [...mappings.keys()];
  const taken = new Set(indexes.filter((index) => isOther[index] === false).map(priority));
  const moved = new Map<number, number>();
  const others = indexes.filter((index) => isOther[index] === true && priority(index) > 0);
  for (const index of others.sort((a, b) => priority(a) - priority(b) || a - b)) {
    let free = priority(index);
    while (taken.has(free)) free += 1;
    taken.add(free);
    if (free !== priority(index)) moved.set(index, free);
  }
  return mappings.map((mapping, index) => {
    const matchingPriority = moved.get(index);
    return matchingPriority === undefined ? mapping : { ...mapping, matchingPriority };
  });
}
