import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

import { type Lines, printable, writeError } from "../output";

export type Severity = "debug" | "info" | "warning" | "error";

const severities: Record<Severity, LogSeverity> = {
  debug: LogSeverity.DEBUG,
  info: LogSeverity.INFO,
  warning: LogSeverity.WARNING,
  error: LogSeverity.ERROR,
};

/**
 * Connection to the engine that started the plugin. It receives log lines for the user; without it they go to standard
 * error.
 */
export class Engine {
  #client: EngineClient | undefined;
  readonly #pending = new Set<Promise<void>>();

  connect(address: string): void {
    this.#client?.close();
    this.#client = new EngineClient(address, grpc.credentials.createInsecure());
  }

  log(severity: Severity, lines: Lines, urn: string): void {
    const message = printable(lines);
    const client = this.#client;
    if (client === undefined) {
      writeError(`${severity}: ${message}`.split("\n"));
      return;
    }
    const request = new LogRequest();
    request.setSeverity(severities[severity]);
    request.setMessage(message);
    request.setUrn(urn);
    const sent = new Promise<void>((resolve) => {
      client.log(request, (error) => {
        if (error !== null) writeError(`${severity}: ${message}`.split("\n"));
        resolve();
      });
    });
    this.#pending.add(sent);
    void sent.finally(() => this.#pending.delete(sent));
  }

  /** Waits until the engine has received all log lines, because it may stop listening when the operation ends. */
  async flush(): Promise<void> {
    await Promise.all(this.#pending);
  }

  close(): void {
    this.#client?.close();
  }
}
