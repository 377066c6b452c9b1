import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import { SecretPaths } from "./secrets";
import { OUTPUT_VALUE, RESOURCE_REFERENCE, SECRET, SIGNATURE, UNKNOWN_VALUE, UNKNOWN_VALUES } from "./signatures";
import { type PropertyMap, type PropertyValue, UNKNOWN } from "./types";

type Raw = null | boolean | number | string | Raw[] | { [key: string]: Raw };

/** Decoded map: plain values and the paths of its secrets. */
export interface Decoded {
  value: PropertyMap;
  secrets: SecretPaths;
  /** Every secret string, to redact it in messages and to wrap it again in responses. */
  secretStrings: Set<string>;
}

/**
 * Decodes wire values: unwraps secrets and output values, and converts unknowns to {@link UNKNOWN} and references to
 * ids.
 */
export function decode(struct: Struct | undefined): Decoded {
  const decoded: Decoded = { value: {}, secrets: new SecretPaths(), secretStrings: new Set() };
  if (struct === undefined) return decoded;
  for (const [key, raw] of Object.entries(struct.toJavaScript() as Record<string, Raw>)) {
    decoded.value[key] = decodeValue(raw, [key], false, decoded);
  }
  return decoded;
}

function decodeValue(raw: Raw, path: readonly string[], secret: boolean, into: Decoded): PropertyValue {
  if (typeof raw === "string") {
    if (UNKNOWN_VALUES.has(raw)) return UNKNOWN;
    if (secret) into.secretStrings.add(raw);
    return raw;
  }
  if (Array.isArray(raw)) return raw.map((element) => decodeValue(element, path, secret, into));
  if (raw === null || typeof raw !== "object") return raw;
  switch (raw[SIGNATURE]) {
    case SECRET:
      into.secrets.add(path);
      return decodeValue(raw["value"] ?? null, path, true, into);
    case OUTPUT_VALUE: {
      const isSecret = raw["secret"] === true;
      if (isSecret) into.secrets.add(path);
      return raw["value"] === undefined ? UNKNOWN : decodeValue(raw["value"], path, secret || isSecret, into);
    }
    case RESOURCE_REFERENCE: {
      const id = raw["id"];
      if (id === undefined) return decodeValue(raw["urn"] ?? null, path, secret, into);
      return id === "" ? UNKNOWN : decodeValue(id, path, secret, into);
    }
    case undefined:
      return decodeMap(raw, path, secret, into);
    default:
      return raw; // an asset or archive stays unchanged
  }
}

function decodeMap(raw: { [key: string]: Raw }, path: readonly string[], secret: boolean, into: Decoded): PropertyMap {
  const map: PropertyMap = {};
  for (const [key, value] of Object.entries(raw)) map[key] = decodeValue(value, [...path, key], secret, into);
  return map;
}

/**
 * Encodes plain values. Wraps as secret the values at secret paths and any string that equals a secret one, under any
 * name.
 */
export function encode(value: PropertyMap, secrets: SecretPaths, secretStrings: ReadonlySet<string>): Struct {
  const wire: { [key: string]: Raw } = {};
  for (const [key, property] of Object.entries(value)) {
    if (property !== undefined) wire[key] = encodeValue(property, [key], secrets, secretStrings);
  }
  return Struct.fromJavaScript(wire);
}

function encodeValue(
  value: PropertyValue,
  path: readonly string[],
  secrets: SecretPaths,
  secretStrings: ReadonlySet<string>,
): Raw {
  if (secrets.has(path)) return wrapSecret(encodePlain(value, path, new SecretPaths(), new Set()));
  return encodePlain(value, path, secrets, secretStrings);
}

function encodePlain(
  value: PropertyValue,
  path: readonly string[],
  secrets: SecretPaths,
  secretStrings: ReadonlySet<string>,
): Raw {
  if (value === UNKNOWN) return UNKNOWN_VALUE;
  if (typeof value === "string") return secretStrings.has(value) && value.length >= 8 ? wrapSecret(value) : value;
  // Elements share the array's path, which the caller has already checked.
  if (Array.isArray(value)) return value.map((element) => encodePlain(element, path, secrets, secretStrings));
  if (value === null || typeof value !== "object") return value;
  const map: { [key: string]: Raw } = {};
  for (const [key, property] of Object.entries(value)) {
    if (property !== undefined) map[key] = encodeValue(property, [...path, key], secrets, secretStrings);
  }
  return map;
}

function wrapSecret(value: Raw): Raw {
  return { [SIGNATURE]: SECRET, value };
}

/** Lists every string inside a value, to redact them if the value is secret. */
export function stringsIn(value: PropertyValue | undefined): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(stringsIn);
  if (value !== null && typeof value === "object") return Object.values(value).flatMap(stringsIn);
  return [];
}

/** Returns whether the value or anything in it is unknown. */
export function hasUnknown(value: PropertyValue | undefined): boolean {
  if (value === UNKNOWN) return true;
  if (Array.isArray(value)) return value.some(hasUnknown);
  return value !== null && typeof value === "object" && Object.values(value).some(hasUnknown);
}
