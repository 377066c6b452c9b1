/** Which properties of a map are secret. A path into an array marks the whole array: its elements may move. */
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

/** Shorter strings are not told apart from ordinary words, and would make error texts unreadable. */
const MIN_SECRET_LENGTH = 4;

/** Everything secret that has passed through the plugin, to be struck from whatever a person gets to read. */
export class Redactor {
  readonly #secrets = new Set<string>();

  add(secret: string): void {
    if (secret.length < MIN_SECRET_LENGTH) return;
    this.#secrets.add(secret);
    // The same value as it looks inside a JSON document, a URL, or a Kubernetes Secret.
    this.#secrets.add(JSON.stringify(secret).slice(1, -1));
    this.#secrets.add(encodeURIComponent(secret));
    this.#secrets.add(Buffer.from(secret).toString("base64"));
  }

  redact(text: string): string {
    // Longest first: one secret may be a part of another.
    const secrets = [...this.#secrets].sort((a, b) => b.length - a.length);
    return secrets.reduce((redacted, secret) => redacted.replaceAll(secret, "[secret]"), text);
  }
}
