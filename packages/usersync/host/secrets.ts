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
