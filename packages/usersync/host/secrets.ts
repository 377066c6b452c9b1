/**
 * Paths of the secret properties of a map. A path into an array marks the whole array, because its elements may move.
 */
export class SecretPaths {
  readonly #paths = new Set<string>();

  add(path: readonly string[]): void {
    this.#paths.add(JSON.stringify(path));
  }

  has(path: readonly string[]): boolean {
    return this.#paths.has(JSON.stringify(path));
  }

  addAll(other: SecretPaths): void {
    for (const path of other.#paths) this.#paths.add(path);
  }
}

/** Minimum length of a redacted secret. Shorter strings occur in ordinary words and would make messages unreadable. */
const MIN_SECRET_LENGTH = 4;

/** Collects every secret that passes through the plugin and removes them from messages and logs. */
export class Redactor {
  readonly #secrets = new Set<string>();

  add(secret: string): void {
    if (secret.length < MIN_SECRET_LENGTH) return;
    this.#secrets.add(secret);
    // Also redact the encoded forms: in JSON, in a URL, and in a Kubernetes Secret (base64).
    this.#secrets.add(JSON.stringify(secret).slice(1, -1));
    this.#secrets.add(encodeURIComponent(secret));
    this.#secrets.add(Buffer.from(secret).toString("base64"));
  }

  redact(text: string): string {
    // Longest first, because one secret may contain another.
    const secrets = [...this.#secrets].sort((a, b) => b.length - a.length);
    return secrets.reduce((redacted, secret) => redacted.replaceAll(secret, "[secret]"), text);
  }
}
