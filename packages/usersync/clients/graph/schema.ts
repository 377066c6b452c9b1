import * as z from "zod/mini";

/**
 * Subset of Graph's `synchronizationSchema` that the plugin reads. All other properties are preserved, because a change
 * of one mapping must write the whole schema. The lists of mappings are required: without one, the mappings are unknown
 * and not empty.
 */
const text = z.nullish(z.string());

/** Graph's `attributeMapping`. */
const graphMapping = z.looseObject({
  targetAttributeName: text,
  source: z.nullish(z.record(z.string(), z.unknown())),
  defaultValue: text,
  flowType: text,
  matchingPriority: z.optional(z.unknown()),
});
const objectMapping = z.looseObject({
  sourceObjectName: text,
  targetObjectName: text,
  attributeMappings: z.array(graphMapping),
});
const synchronizationRule = z.looseObject({
  name: text,
  sourceDirectoryName: text,
  targetDirectoryName: text,
  objectMappings: z.array(objectMapping),
});
const object = z.looseObject({ name: text, attributes: z.nullish(z.array(z.looseObject({ name: text }))) });
const directory = z.looseObject({ name: text, objects: z.nullish(z.array(object)) });
export const synchronizationSchema = z.looseObject({
  version: text,
  synchronizationRules: z.array(synchronizationRule),
  directories: z.nullish(z.array(directory)),
});

export type GraphMapping = z.infer<typeof graphMapping>;
export type ObjectMapping = z.infer<typeof objectMapping>;
export type SynchronizationRule = z.infer<typeof synchronizationRule>;
export type SynchronizationSchema = z.infer<typeof synchronizationSchema>;
