type Value = Record<string, unknown>;

/**
 * Merges a team's settings into those of the top level. Sections merge key by key. Lists and individual additional mappings are
 * replaced as a whole. A team's preset replaces an inherited expression, and the reverse.
 */
export function mergeTeamSettings(top: Value, own: Value): Value {
  const merged: Value = { ...top };
  for (const [section, value] of Object.entries(own)) {
    const base = top[section];
    if (value === undefined) continue;
    merged[section] =
      isMap(base) && isMap(value) ? { ...dropConflictingMapping(section, base, value), ...value } : value;
    if (section !== "mapping" || !isMap(base) || !isMap(value)) continue;
    if (isMap(base["additionalMappings"]) && isMap(value["additionalMappings"])) {
      (merged[section] as Value)["additionalMappings"] = {
        ...base["additionalMappings"],
        ...value["additionalMappings"],
      };
    }
  }
  return merged;
}

/** Drops the inherited preset or expression when the team sets either one: the two exclude each other. */
function dropConflictingMapping(section: string, base: Value, own: Value): Value {
  if (section !== "mapping") return base;
  const { preset, expression, ...rest } = base;
  const decided = own["preset"] !== undefined || own["expression"] !== undefined;
  return decided ? rest : { ...rest, ...present({ preset, expression }) };
}

function present(value: Value): Value {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined));
}

function isMap(value: unknown): value is Value {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
