import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";

import { SecretPaths } from "./secrets";
import { OUTPUT_VALUE, RESOURCE_REFERENCE, SECRET, SIGNATURE, UNKNOWN_VALUE, UNKNOWN_VALUES } from "./signatures";
import type { PropertyMap, PropertyValue } from "./types";
import { UNKNOWN } from "./types";

type Raw = null | boolean | number | string | Raw[] | { [key: string]: Raw };

/** What one map held when it came in: plain values, and what of it was secret. */
export interface Decoded {
  value: PropertyMap;
  secrets: SecretPaths;
  /** Each secret string, so that it can be struck from messages, and wrapped again wherever it goes out. */
  secretStrings: Set<string>;
}

/** Plain values from the wire: secrets and output values unwrapped, unknowns as {@link UNKNOWN}, references as ids. */
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
      return raw; // an asset or archive: as it is
  }
}

function decodeMap(raw: { [key: string]: Raw }, path: readonly string[], secret: boolean, into: Decoded): PropertyMap {
  const map: PropertyMap = {};
  for (const [key, value] of Object.entries(raw)) map[key] = decodeValue(value, [...path, key], secret, into);
  return map;
}

/**
 * The wire form of plain values. Wrapped as secret: what is at a secret path, and any string that equals a secret one,
 * under whatever name it goes out.
 */
export function encode(value: PropertyMap, secrets: SecretPaths, secretStrings: ReadonlySet<string>): Struct {
  const wire: { [key: string]: Raw } = {};
  for (const [key, property] of Object.entries(value)) {
    if (property !== undefined) wire[key] = encodeValue(property, [key], secrets, secretStrings);
  }
  return Struct.fromJavaScript(wire as { [key: string]: JavaScriptValue });
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
  // Elements have the array's own path, which has been looked at.
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

/** Every string inside a value: what must not be shown once the value is secret. */
export function stringsIn(value: PropertyValue | undefined): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(stringsIn);
  if (value !== null && typeof value === "object") return Object.values(value).flatMap(stringsIn);
  return [];
}

/** True if the value, or anything in it, is not known yet. */
export function hasUnknown(value: PropertyValue | undefined): boolean {
  if (value === UNKNOWN) return true;
  if (Array.isArray(value)) return value.some(hasUnknown);
  return value !== null && typeof value === "object" && Object.values(value).some(hasUnknown);
}
