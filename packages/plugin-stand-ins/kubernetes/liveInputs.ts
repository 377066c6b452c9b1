import type { PropertyMap, PropertyValue } from "@smallstep-ssh/usersync/host";
import { isMap } from "../common/values";
import { at } from "./objects";

/**
 * Returns the inputs that describe the actual object: the declared fields (`declared`) with their live values. Fields that
 * only others set are omitted.
 */
export function liveInputs(declared: PropertyMap, live: PropertyMap): PropertyMap {
  return shaped(declared, withStringData(declared, live), []) as PropertyMap;
}

/** Returns the inputs of an imported object: all its properties except those that the API generates. */
export function importedInputs(live: PropertyMap): PropertyMap {
  const { status: _status, metadata, ...rest } = live;
  const { creationTimestamp, generation, managedFields, resourceVersion, selfLink, uid, ...kept } =
    metadata as PropertyMap;
  void [creationTimestamp, generation, managedFields, resourceVersion, selfLink, uid];
  return { ...rest, metadata: kept };
}

// The API stores `stringData` in `data`.
function withStringData(declared: PropertyMap, live: PropertyMap): PropertyMap {
  const texts = declared["stringData"];
  if (declared["kind"] !== "Secret" || !isMap(texts)) return live;
  const decoded = Object.keys(texts).flatMap((key) => {
    const data = at(live, "data", key);
    return typeof data === "string" ? [[key, Buffer.from(data, "base64").toString("utf8")]] : [];
  });
  return { ...live, stringData: Object.fromEntries(decoded) };
}

function shaped(
  declared: PropertyValue | undefined,
  live: PropertyValue | undefined,
  path: readonly string[],
): PropertyValue | undefined {
  // The API omits empty values.
  if (live === undefined || live === null) return isEmpty(declared) ? declared : undefined;
  if (isMap(declared) && isMap(live)) {
    const entries = Object.keys(declared).flatMap((key) => {
      const value = shaped(declared[key], live[key], [...path, key]);
      return value === undefined ? [] : [[key, value] as const];
    });
    return Object.fromEntries(entries);
  }
  if (Array.isArray(declared) && Array.isArray(live)) return shapedList(declared, live, path);
  return isSameQuantity(declared, live, path) ? declared : live;
}

function shapedList(declared: PropertyValue[], live: PropertyValue[], path: readonly string[]): PropertyValue {
  const key = ["mountPath", "name", "key"].find((name) => isKey(name, declared) && isKey(name, live));
  if (key !== undefined) {
    return declared.flatMap((element) => {
      const match = live.find((other) => at(other, key) === at(element, key));
      return match === undefined ? [] : [shaped(element, match, path) ?? match];
    });
  }
  if (declared.length !== live.length) return live;
  return live.map((element, index) => shaped(declared[index], element, path) ?? element);
}

function isKey(name: string, elements: readonly PropertyValue[]): boolean {
  const keys = elements.map((element) => at(element, name));
  return keys.every((key) => typeof key === "string") && new Set(keys).size === keys.length;
}

function isEmpty(value: PropertyValue | undefined): boolean {
  if (value === null || value === "" || value === 0 || value === false) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isMap(value) && Object.values(value).every(isEmpty);
}

const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/**
 * Compares resource quantities by value, because the API returns its own notation: `500m` for `0.5`, `1Gi` for
 * `1024Mi`.
 */
function isSameQuantity(a: PropertyValue | undefined, b: PropertyValue, path: readonly string[]): boolean {
  if (!path.some((name) => name === "resources" || name === "sizeLimit")) return false;
  const [x, y] = [quantity(a), quantity(b)];
  return x !== undefined && y !== undefined && Math.abs(x - y) <= Math.abs(x) * 1e-12;
}

function quantity(value: PropertyValue | undefined): number | undefined {
  const match = /^([+-]?\d*\.?\d+(?:[eE][+-]?\d+)?)([numkMGTPE]|[KMGTPE]i)?$/.exec(String(value));
  return match === null ? undefined : Number(match[1]) * factors[match[2] ?? ""]!;
}
