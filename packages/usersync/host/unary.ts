import type * as grpc from "@grpc/grpc-js";

import { toStatus } from "./errors";
import type { Session } from "./session";
import type { Decoded } from "./wire";

/** Context of an operation. */
export interface Call {
  signal: AbortSignal;
  /** Values that the operation has decoded so far. Their secrets are marked again in the response or error. */
  decodedInputs: Decoded[];
}

export type Operation = (request: unknown, call: Call) => Promise<unknown>;

/** Creates one gRPC method. Converts errors into redacted statuses and sends log lines before the response. */
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
        callback(toStatus(error, (map) => session.encode(map, decodedInputs)));
      }
    };
    void answer();
  };
}
