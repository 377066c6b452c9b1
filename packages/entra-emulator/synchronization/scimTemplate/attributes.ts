import type { AttributeDefinition, ObjectDefinition } from "../types";

type Extra = Partial<Pick<AttributeDefinition, "anchor" | "multivalued">> & {
  required?: boolean;
  caseExact?: boolean;
  mutability?: string;
  /** Names of the objects that a Reference can refer to. */
  refers?: string[];
  metadata?: { key: string; value: string }[];
};

/** Creates an attribute definition with every property that Graph returns. */
export function attribute(name: string, type = "String", extra: Extra = {}): AttributeDefinition {
  return {
    anchor: extra.anchor ?? false,
    apiExpressions: [],
    caseExact: extra.caseExact ?? false,
    defaultValue: null,
    flowNullValues: false,
    metadata: extra.metadata ?? [],
    multivalued: extra.multivalued ?? false,
    mutability: extra.mutability ?? "ReadWrite",
    name,
    referencedObjects: (extra.refers ?? []).map((object) => ({
      referencedObjectName: object,
      referencedProperty: null,
    })),
    required: extra.required ?? false,
    type,
  };
}

export const strings = (...names: string[]): AttributeDefinition[] => names.map((name) => attribute(name));

export function object(
  name: string,
  attributes: AttributeDefinition[],
  metadata: { key: string; value: string }[] = [],
): ObjectDefinition {
  return { attributes, metadata, name, supportedApis: [] };
}
