import type * as grpc from "@grpc/grpc-js";

import { toStatus } from "./errors";
import type { Session } from "./session";
import type { Decoded } from "./wire";

/** What an operation may use beside its request. */
export interface Call {
  signal: AbortSignal;
  /** Where secrets come from: what the operation has decoded so far. Errors are encoded with these too. */
  decodedInputs: Decoded[];
}

export type Operation = (request: unknown, call: Call) => Promise<unknown>;

/** One gRPC method: errors become statuses without secrets, log lines arrive before the answer does. */
export function unary(operation: Operation, session: Session): grpc.handleUnaryCall<unknown, unknown> {
  return (call, callback) => {
    const callAborted = new AbortController();
    call.on("cancelled", () => callAborted.abort());
    const decodedInputs: Decoded[] = [];
    const answer = async (): Promise<void> => {
      try {
        const response = await operation(call.request, { signal: callAborted.signal, decodedInputs });
        await session.engine.flush();
        callback(null, response);
      } catch (error) {
        await session.engine.flush();
        callback(toStatus(error, session.redact, (map) => session.encode(map, decodedInputs)));
      }
    };
    void answer();
  };
}
