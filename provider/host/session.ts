import type { Struct } from "google-protobuf/google/protobuf/struct_pb";

import { visibleLines } from "../../mappings/visible";
import { Engine } from "./engine";
import { Redactor, SecretPaths } from "./secrets";
import type { CallContext, PropertyMap } from "./types";
import type { Decoded } from "./wire";
import { decode, encode, stringsIn } from "./wire";

/** What lives as long as the plugin process: the engine's address, the secrets seen, and whether to stop. */
export class Session {
  readonly engine = new Engine();
  readonly #redactor = new Redactor();
  readonly #cancel = new AbortController();

  /** A text as a person may get to read it: without secrets, and with nothing that would act on a terminal. */
  readonly redact = (text: string): string => visibleLines(this.#redactor.redact(text));

  /** Remembers a secret that does not come over the wire. */
  readonly registerSecret = (secret: string): void => this.#redactor.add(secret);

  cancel(): void {
    this.#cancel.abort();
  }

  /** Reads values from the wire and remembers their secrets, so that no later message can hold them. */
  decode(struct: Struct | undefined): Decoded {
    const decoded = decode(struct);
    for (const secret of decoded.secretStrings) this.#redactor.add(secret);
    return decoded;
  }

  /**
   * Makes the wire form of what a handler answered: secret is what came from a secret in `from`, and what the handler
   * names in `always`.
   */
  encode(map: PropertyMap, from: readonly Decoded[], always: readonly string[] = []): Struct {
    const secrets = new SecretPaths();
    for (const path of always) {
      const segments = path.split(".");
      secrets.add(segments);
      for (const secret of stringsIn(at(map, segments))) this.#redactor.add(secret);
    }
    for (const decoded of from) secrets.addAll(decoded.secrets);
    return encode(map, secrets, new Set(from.flatMap((decoded) => [...decoded.secretStrings])));
  }

  context<Config>(config: Config, urn: string, call: AbortSignal, timeoutSeconds: number): CallContext<Config> {
    return {
      config,
      signal: AbortSignal.any([this.#cancel.signal, call]),
      ...(timeoutSeconds > 0 ? { timeoutSeconds } : {}),
      log: (severity, message) => this.engine.log(severity, this.redact(message), urn),
    };
  }
}

function at(map: PropertyMap, [first, ...rest]: readonly string[]): PropertyMap[string] {
  const value = first === undefined ? undefined : map[first];
  if (rest.length === 0) return value;
  return value !== null && typeof value === "object" && !Array.isArray(value) ? at(value, rest) : undefined;
}
