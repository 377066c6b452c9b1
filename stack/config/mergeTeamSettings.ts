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
    if (!isMap(base) || !isMap(value)) merged[section] = value;
    else merged[section] = section === "mapping" ? mergeMapping(base, value) : { ...base, ...value };
  }
  return merged;
}

/** Drops the inherited preset or expression when the team sets either one: the two exclude each other. */
function mergeMapping(base: Value, own: Value): Value {
  const { preset: _preset, expression: _expression, ...others } = base;
  const isDecided = own["preset"] !== undefined || own["expression"] !== undefined;
  const merged: Value = { ...(isDecided ? others : base), ...own };
  const [inherited, added] = [base["additionalMappings"], own["additionalMappings"]];
  if (isMap(inherited) && isMap(added)) merged["additionalMappings"] = { ...inherited, ...added };
  return merged;
}

export function isMap(value: unknown): value is Value {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
