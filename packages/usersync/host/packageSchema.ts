import type * as z from "zod/mini";

import type { Declaration } from "./define";
import { definitionOf, metaOf, objectMetaOf, type Shape } from "./properties";

/** Property or type in Pulumi's package schema (developer-docs/schema). */
export type TypeSpec = Record<string, unknown>;

/** Object type of a package schema. */
export interface ObjectSpec {
  type: "object";
  description: string;
  properties: Record<string, TypeSpec>;
  required: string[];
}

/** What a package schema says about the package itself. */
export interface PackageInfo {
  name: string;
  version: string;
  /** Organization that the names of generated SDKs start with, as in the npm scope. */
  namespace: string;
  description: string;
  keywords: readonly string[];
  /** Settings of the provider. */
  settings: Shape;
  resources: readonly Declaration[];
  functions: readonly Declaration[];
}

/** Creates Pulumi's package schema from the declarations. */
export function createPackageSchema({ settings, resources, functions, ...info }: PackageInfo) {
  const types: Record<string, ObjectSpec> = {};
  const properties = (shape: Shape) => mapValues(shape, (schema) => propertySpec(schema, types));
  const object = (shape: Shape) => ({
    type: "object",
    properties: properties(shape),
    required: requiredOutputs(shape),
  });
  const variables = properties(settings);
  return {
    ...info,
    displayName: info.name,
    publisher: info.namespace,
    license: "Apache-2.0",
    // Generated SDKs have the version of the plugin.
    language: Object.fromEntries(["nodejs", "python", "go"].map((name) => [name, { respectSchemaVersion: true }])),
    config: { variables },
    provider: {
      description: info.description,
      inputProperties: variables,
      requiredInputs: requiredInputs(settings),
      properties: {},
    },
    resources: byToken(resources, ({ inputs, outputs, ...resource }) => ({
      description: resource.description,
      inputProperties: properties(inputs),
      requiredInputs: requiredInputs(inputs),
      properties: properties({ ...inputs, ...outputs }),
      required: requiredOutputs({ ...inputs, ...outputs }),
    })),
    functions: byToken(functions, ({ inputs, outputs, ...called }) => ({
      description: called.description,
      inputs: { type: "object", properties: properties(inputs), required: requiredInputs(inputs) },
      outputs: object(outputs),
    })),
    // Last, because the properties above name the types.
    types,
  };
}

function propertySpec(schema: z.core.$ZodType, types: Record<string, ObjectSpec>): TypeSpec {
  const { description, secret, replaceOnChanges, environment } = metaOf(schema);
  return {
    ...typeSpec(schema, types),
    description: environment === undefined ? description : `${description} Environment: ${environment.join(", ")}.`,
    ...(secret === true && { secret }),
    ...(replaceOnChanges === true && { replaceOnChanges, willReplaceOnChanges: true }),
  };
}

function typeSpec(schema: z.core.$ZodType, types: Record<string, ObjectSpec>): TypeSpec {
  const def = definitionOf(schema);
  switch (def.type) {
    case "optional":
      return typeSpec(def.innerType, types);
    case "default":
      return { ...typeSpec(def.innerType, types), default: def.defaultValue };
    case "array":
      return { type: "array", items: typeSpec(def.element, types) };
    case "record":
      return { type: "object", additionalProperties: typeSpec(def.valueType, types) };
    case "object": {
      const meta = objectMetaOf(schema);
      if (meta === undefined) throw new Error("Declare the object type with objectType.");
      types[meta.token] ??= {
        type: "object",
        description: meta.description,
        properties: mapValues(def.shape, (property) => propertySpec(property, types)),
        required: requiredInputs(def.shape),
      };
      return { $ref: `#/types/${meta.token}` };
    }
    case "enum":
      return { type: "string" };
    case "string":
    case "boolean":
    case "number":
      return { type: def.type };
    default:
      throw new Error(`A package schema has no type for ${def.type}.`);
  }
}

/** Returns the inputs that a program must set. */
function requiredInputs(shape: Shape): string[] {
  return Object.keys(shape).filter((name) => shape[name]?._zod.optin === undefined);
}

/** Returns the outputs that always have a value. */
function requiredOutputs(shape: Shape): string[] {
  return Object.keys(shape).filter((name) => shape[name]?._zod.optout === undefined);
}

function byToken<T>(declarations: readonly Declaration[], convert: (declaration: Declaration) => T): Record<string, T> {
  return Object.fromEntries(declarations.map((declaration) => [declaration.token, convert(declaration)]));
}

function mapValues<T>(shape: Shape, convert: (schema: z.core.$ZodType) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(shape).map(([name, schema]) => [name, convert(schema)]));
}
