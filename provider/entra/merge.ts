import { isDeepStrictEqual } from "node:util";

import { toMappingSource } from "../../mappings/expression";
import type { PropertyMap } from "../host";
import type { Mapping } from "./mapping";
import { fromGraph, fromInputs, parseSource, sameWord } from "./mapping";
import type { GraphMapping, JsonObject, ObjectMappingLocation, SynchronizationSchema } from "./schema";
import { withMappings } from "./schema";

/** Wanted mappings by target attribute, as checked inputs. */
export type WantedMappings = Readonly<Record<string, PropertyMap>>;

/**
 * The schema with the wanted mappings in place: those that are there already are changed in what differs and nowhere else,
 * missing ones are added at the end in the order of their names. `exclusive`: every other mapping of the object goes.
 * Otherwise the others stay, but give way where one of them matches with the same precedence.
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
    // A second mapping to the same attribute counts as one of the others.
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
    // A source that means the same stays as it is, however it is written.
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

function sourceOf(inputs: PropertyMap, previous: JsonObject | null | undefined): JsonObject | null {
  const tree = parseSource(inputs);
  return tree === undefined ? null : { ...previous, ...toMappingSource(tree) };
}

// Two attributes cannot match with one precedence: others move behind, in the order they had.
function removeConflicting(mappings: GraphMapping[], wanted: WantedMappings): GraphMapping[] {
  const seen = new Set<string>();
  const isOther = mappings.map(({ targetAttributeName: target = "" }) => {
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
