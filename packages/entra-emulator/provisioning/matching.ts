import type { ExportContext, SourceObject } from "./context";
import type { DesiredValue } from "./desired";
import { ObjectFailure, type ResourceType, type ScimResource } from "./scimClient";

/**
 * Finds the target object that matches a source object. Tries the matching attributes in order of precedence.
 * Returns undefined if there is none. Throws ObjectFailure if the match is ambiguous or belongs to another source object.
 */
export async function findMatch(
  context: ExportContext,
  source: SourceObject,
  type: ResourceType,
  values: readonly DesiredValue[],
): Promise<ScimResource | undefined> {
  const matching = values
    .filter(({ mapping, value }) => mapping.matchingPriority > 0 && typeof value === "string")
    .sort((a, b) => a.mapping.matchingPriority - b.mapping.matchingPriority);
  if (matching.length === 0) {
    throw new ObjectFailure(
      "JoiningPropertyValueIsMissing",
      `${source.name} has no value for any of the matching attributes.`,
    );
  }
  for (const { mapping, value } of matching) {
    const found = await context.client.search(type, mapping.targetAttributeName, String(value));
    if (found.length > 1) {
      throw new ObjectFailure(
        "DuplicateTargetEntries",
        `${found.length} objects of the target have ${mapping.targetAttributeName} "${String(value)}".`,
      );
    }
    const target = found[0];
    if (!target) continue;
    refuseIfTaken(context, source, target, mapping.targetAttributeName, String(value));
    return target;
  }
  return undefined;
}

function refuseIfTaken(
  context: ExportContext,
  source: SourceObject,
  target: ScimResource,
  name: string,
  value: string,
) {
  for (const [otherId, entry] of context.record.connectors) {
    if (otherId === source.id || entry.targetId !== target.id || entry.sourceType !== source.type) continue;
    throw new ObjectFailure(
      "DuplicateSourceEntries",
      `${source.name} and another ${source.type.toLowerCase()} both have ${name} "${value}" in the target.`,
    );
  }
}
