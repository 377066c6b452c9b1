/** A secret value of the run, and the name to report it by. */
export interface KnownSecret {
  name: string;
  value: string;
}

/** The names of the secrets whose value, in clear, base64 or URL encoding, occurs in a text. */
export function leaks(text: string, secrets: readonly KnownSecret[]): string[] {
  return secrets
    .filter(({ value }) => value !== "")
    .filter(({ value }) => forms(value).some((form) => text.includes(form)))
    .map(({ name }) => name);
}

function forms(value: string): string[] {
  // Base64 of a value inside a longer text starts at one of three alignments; only whole-value encoding is looked for.
  return [value, Buffer.from(value).toString("base64").replace(/=+$/, ""), encodeURIComponent(value)];
}
