import type { AttributeDefinition, ObjectDefinition } from "../schema";

interface AttributeOptions {
  type?: "String" | "Boolean" | "DateTime" | "Binary";
  anchor?: boolean;
  caseExact?: boolean;
  multivalued?: boolean;
  mutability?: string;
  /** Names of the objects that the attribute refers to. Sets the type to Reference. */
  refers?: string[];
  required?: boolean;
}

/** Creates an attribute definition with every property that Graph returns. */
export function attribute(name: string, options: AttributeOptions = {}): AttributeDefinition {
  const { anchor = false, caseExact = false, multivalued = false, required = false, refers = [] } = options;
  return {
    anchor,
    apiExpressions: [],
    caseExact,
    defaultValue: null,
    flowNullValues: false,
    metadata: [],
    multivalued,
    mutability: options.mutability ?? "ReadWrite",
    name,
    referencedObjects: refers.map((one) => ({ referencedObjectName: one, referencedProperty: null })),
    required,
    type: options.type ?? (refers.length > 0 ? "Reference" : "String"),
  };
}

export function attributes(options: AttributeOptions, ...names: string[]): AttributeDefinition[] {
  return names.map((name) => attribute(name, options));
}

export function object(
  name: string,
  attributes: AttributeDefinition[],
  metadata: { key: string; value: string }[] = [],
): ObjectDefinition {
  return { attributes, metadata, name, supportedApis: [] };
}
