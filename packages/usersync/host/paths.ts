/**
 * Formats a property path in Pulumi's syntax: `mappings.userName.expression`, `mappings["name.givenName"]`,
 * `domains[0]`.
 */
export function formatPath(segments: readonly (string | number)[]): string {
  let path = "";
  for (const segment of segments) {
    if (typeof segment === "number") path += `[${segment}]`;
    else if (segment === "" || /[.[\]"]/.test(segment)) path += `["${segment.replace(/[\\"]/g, "\\$&")}"]`;
    else path += path === "" ? segment : `.${segment}`;
  }
  return path;
}

/** Returns the top-level property of a path. */
export function topLevel(path: string): string {
  const quoted = /^\["((?:[^"\\]|\\.)*)"\]/.exec(path);
  if (quoted?.[1] !== undefined) return quoted[1].replace(/\\(.)/g, "$1");
  return path.split(/[.[]/, 1)[0] ?? path;
}
