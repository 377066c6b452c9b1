import type { ConfigureRequest } from "@pulumi/pulumi/proto/provider_pb";

import type { Session } from "./session";
import type { PropertyMap, PropertyValue } from "./types";

/** Subset of a package schema with the type of each provider setting. */
interface SettingsSchema {
  provider?: { inputProperties?: Record<string, { type?: string; $ref?: string }> };
}

/**
 * Reads the provider's settings. Modern engines send values in `args`; older ones send text in `variables`, named
 * `PACKAGE:config:NAME`. Both send booleans, numbers and objects from `pulumi config set` as text, so the schema
 * decides which text to parse.
 */
export function readSettings(request: ConfigureRequest, schema: object | undefined, session: Session): PropertyMap {
  const settings: PropertyMap = {};
  if (request.hasArgs()) {
    Object.assign(settings, session.decode(request.getArgs()).value);
  } else {
    request.getVariablesMap().forEach((value: string, name: string) => {
      settings[name.slice(name.lastIndexOf(":") + 1)] = value;
    });
  }
  delete settings["version"]; // the plugin's version, not a setting
  return decodeSettings(settings, schema);
}

/**
 * Parses the text of settings whose type in the schema is not string as JSON. Invalid JSON stays text, so that the
 * checks report it.
 */
export function decodeSettings(settings: PropertyMap, schema: object | undefined): PropertyMap {
  const { provider }: SettingsSchema = schema ?? {};
  const properties = provider?.inputProperties ?? {};
  const decoded: PropertyMap = {};
  for (const [name, value] of Object.entries(settings)) {
    const property = properties[name];
    const isText = property === undefined || property.type === "string";
    decoded[name] = typeof value === "string" && !isText ? parseJson(value) : value;
  }
  return decoded;
}

function parseJson(text: string): PropertyValue {
  try {
    return JSON.parse(text) as PropertyValue;
  } catch {
    return text;
  }
}
