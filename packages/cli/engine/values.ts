/** The engine's placeholder for a value that is unknown before the change. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
/** Key that marks a secret, an asset or an output in a property map. */
const signature = "4dabf18193072939515e22adb298388d";
const hiddenValue = "[secret]";
/** Maximum length of a displayed value, in characters: twice the longest preset expression. */
const maxLength = 300;

/** Splits a property path into its parts: `a.b[0]["c.d"]` into a, b, 0, c.d. */
export function pathParts(path: string): (string | number)[] {
  const parts: (string | number)[] = [];
  for (const [, name, index, quoted] of path.matchAll(/([^.[\]]+)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]/g)) {
    if (quoted !== undefined) parts.push(String(JSON.parse(quoted)));
    else if (index !== undefined) parts.push(Number(index));
    else if (name !== undefined) parts.push(name);
  }
  return parts;
}

export function valueAt(value: unknown, path: string): unknown {
  return pathParts(path).reduce<unknown>(
    (found, part) => (typeof found === "object" && found !== null ? Reflect.get(found, part) : undefined),
    value,
  );
}

/** Formats a value for display and masks every secret in it. Undefined: there is no value. */
export function shownValue(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (isSecret(value)) return hiddenValue;
  const text = typeof value === "string" ? readable(value) : JSON.stringify(value, masked);
  return text.length > maxLength ? `${text.slice(0, maxLength).replace(/[\ud800-\udbff]$/, "")}...` : text;
}

function readable(text: string): string {
  return text === unknown ? "(known after the change)" : text;
}

function masked(_key: string, value: unknown): unknown {
  if (typeof value === "string") return readable(value);
  return isSecret(value) ? hiddenValue : value;
}

function isSecret(value: unknown): boolean {
  return typeof value === "object" && value !== null && signature in value;
}
