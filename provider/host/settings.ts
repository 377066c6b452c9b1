import type { ConfigureRequest } from "@pulumi/pulumi/proto/provider_pb";

import type { Session } from "./session";
import type { PropertyMap, PropertyValue } from "./types";

/** The part of a package schema that says of which type each provider setting is. */
interface SettingsSchema {
  provider?: { inputProperties?: Record<string, { type?: string; $ref?: string }> };
}

/**
 * The provider's settings. Modern engines send them as values in `args`, older ones as text in `variables`, named
 * `PACKAGE:config:NAME`; in both, stack configuration (`pulumi config set`) comes as text for booleans, numbers and
 * objects as well, which the schema tells apart from real text.
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
  delete settings["version"]; // the plugin's, not a setting
  return decodeSettings(settings, schema);
}

/** Text of settings that are not text by the schema, read as JSON. What is no JSON is left for the checks to name. */
export function decodeSettings(settings: PropertyMap, schema: object | undefined): PropertyMap {
  const properties = (schema as SettingsSchema | undefined)?.provider?.inputProperties ?? {};
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
