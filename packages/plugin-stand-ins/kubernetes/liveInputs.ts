import { isMap, type PropertyMap, type PropertyValue } from "@smallstep-ssh/usersync/host";
import { pruned } from "../common/values";

/**
 * Returns the inputs that describe the actual object: the declared fields with their live values. Fields that only
 * others set are omitted.
 */
export function liveInputs(declared: PropertyMap, live: PropertyMap): PropertyMap {
  const { data } = live;
  const texts = isMap(data) ? Object.entries(data).map(([key, value]) => [key, decoded(value)] as const) : [];
  // The API stores `stringData` in `data`.
  const stored = declared["stringData"] === undefined ? live : { ...live, stringData: Object.fromEntries(texts) };
  const inputs = shaped(declared, stored);
  return isMap(inputs) ? inputs : {};
}

/**
 * Moves a Secret's `stringData` to `data`, as the API stores it. An apply of `stringData` does not delete the keys that
 * the program removed.
 */
export function withData({ stringData, ...object }: PropertyMap): PropertyMap {
  if (!isMap(stringData)) return object;
  const entries = Object.entries(stringData).map(([key, text]) => [key, Buffer.from(String(text)).toString("base64")]);
  return { ...object, data: Object.fromEntries(entries) as PropertyMap };
}

function decoded(value: PropertyValue | undefined): string {
  return Buffer.from(String(value), "base64").toString("utf8");
}

function shaped(declared: PropertyValue | undefined, live: PropertyValue | undefined): PropertyValue | undefined {
  // The API omits empty values.
  if (live === undefined || live === null) return pruned(declared) === undefined ? declared : undefined;
  if (isMap(declared) && isMap(live)) {
    const entries = Object.entries(declared).map(([key, one]) => [key, shaped(one, live[key])] as const);
    return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
  }
  if (Array.isArray(declared) && Array.isArray(live) && declared.length === live.length) {
    return live.map((element, index) => shaped(declared[index], element) ?? element);
  }
  return live;
}
