import * as grpc from "@grpc/grpc-js";
import { InputPropertiesError } from "@pulumi/pulumi/proto/errors_pb";
import { CheckFailure as WireFailure, ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";

import { type CheckFailure, type PropertyMap, InputErrors, PartialFailure } from "./types";

type Redact = (text: string) => string;

/** Converts an error into a gRPC status with Pulumi's details. Redacts secrets in every message. */
export function toStatus(error: unknown, redact: Redact, encode: (map: PropertyMap) => Struct): grpc.ServiceError {
  const text = redact(messageOf(error));
  if (error instanceof PartialFailure) {
    const detail = new ErrorResourceInitFailed();
    detail.setId(error.id);
    detail.setProperties(encode(error.outputs));
    detail.setInputs(encode(error.inputs));
    detail.setReasonsList([text]);
    return withDetail(grpc.status.UNKNOWN, text, detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
  }
  if (error instanceof InputErrors) {
    const detail = new InputPropertiesError();
    for (const failure of error.failures) {
      const property = new InputPropertiesError.PropertyError();
      property.setPropertyPath(failure.property);
      property.setReason(redact(failure.reason));
      detail.addErrors(property);
    }
    const name = "pulumirpc.InputPropertiesError";
    return withDetail(grpc.status.INVALID_ARGUMENT, text, detail.serializeBinary(), name);
  }
  return serviceError(isAbort(error) ? grpc.status.CANCELLED : grpc.status.UNKNOWN, text);
}

export function toWireFailures(failures: readonly CheckFailure[], redact: Redact): WireFailure[] {
  return failures.map(({ property, reason }) => {
    const failure = new WireFailure();
    failure.setProperty(property);
    failure.setReason(redact(reason));
    return failure;
  });
}

function messageOf(error: unknown): string {
  if (isAbort(error)) return "The operation was cancelled.";
  if (!(error instanceof Error)) return String(error);
  // Node.js puts the cause of some network errors only into an inner error, and the outer message may be empty.
  const inner = error instanceof AggregateError ? error.errors.map(messageOf).join("; ") : "";
  return [error.message, inner].filter((part) => part !== "").join(": ") || error.name;
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

function serviceError(code: grpc.status, details: string, metadata = new grpc.Metadata()): grpc.ServiceError {
  return Object.assign(new Error(details), { code, details, metadata });
}

// gRPC for Node.js has no API for structured details. Other implementations send them in this header.
function withDetail(code: grpc.status, text: string, detail: Uint8Array, type: string): grpc.ServiceError {
  const packed = new Any();
  packed.pack(detail, type);
  const status = new Status();
  status.setCode(code);
  status.setMessage(text);
  status.addDetails(packed);
  const metadata = new grpc.Metadata();
  metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
  return serviceError(code, text, metadata);
}
