import type { Struct } from "google-protobuf/google/protobuf/struct_pb";

import { Engine } from "./engine";
import { printable, registerSecret } from "../output";
import { SecretPaths } from "./secrets";
import type { CallContext, PropertyMap } from "./types";
import { type Decoded, decode, encode, stringsIn } from "./wire";

/** State of the plugin process: the connection to the engine, and cancellation. */
export class Session {
  readonly engine = new Engine();
  readonly #cancel = new AbortController();

  cancel(): void {
    this.#cancel.abort();
  }

  /** Decodes the values of a request and registers their secrets for redaction. */
  decode(struct: Struct | undefined): Decoded {
    const decoded = decode(struct);
    for (const secret of decoded.secretStrings) registerSecret(secret);
    return decoded;
  }

  /**
   * Encodes the result of a handler. Marks as secret the values that were secret in `from` and the paths in `always`.
   */
  encode(map: PropertyMap, from: readonly Decoded[], always: readonly string[] = []): Struct {
    const secrets = new SecretPaths();
    for (const path of always) {
      const segments = path.split(".");
      secrets.add(segments);
      for (const secret of stringsIn(at(map, segments))) registerSecret(secret);
    }
    for (const decoded of from) secrets.addAll(decoded.secrets);
    return encode(map, secrets, new Set(from.flatMap((decoded) => [...decoded.secretStrings])));
  }

  context<Config>(config: Config, urn: string, call: AbortSignal, timeoutSeconds: number): CallContext<Config> {
    return {
      config,
      signal: AbortSignal.any([this.#cancel.signal, call]),
      ...(timeoutSeconds > 0 ? { timeoutSeconds } : {}),
      redact: printable,
      log: (severity, lines) => this.engine.log(severity, lines, urn),
    };
  }
}

function at(map: PropertyMap, [first, ...rest]: readonly string[]): PropertyMap[string] {
  const value = first === undefined ? undefined : map[first];
  if (rest.length === 0) return value;
  return value !== null && typeof value === "object" && !Array.isArray(value) ? at(value, rest) : undefined;
}
