import * as grpc from "@grpc/grpc-js";
import { InputPropertiesError } from "@pulumi/pulumi/proto/errors_pb";
import { CheckFailure as WireFailure, ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import type { Message } from "google-protobuf";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";

import { type Lines, printable } from "../output";
import { type CheckFailure, type PropertyMap, InputErrors, PartialFailure } from "./types";

/**
 * gRPC sends an error as HTTP trailers. Node.js drops trailers above 64 KiB, and the engine then waits forever. These
 * limits leave room for the text twice: percent-encoded, and in the details, which are Base64.
 */
const maxTextBytes = 10 * 1024;
const maxDetailBytes = 36 * 1024;

/**
 * Converts an error into a gRPC status with Pulumi's details. Every message is printable. Shortens a long message,
 * and omits details that are too large.
 */
export function toStatus(error: unknown, encode: (map: PropertyMap) => Struct): grpc.ServiceError {
  const text = limitText(printable(messageOf(error)));
  if (error instanceof PartialFailure) {
    const detail = new ErrorResourceInitFailed();
    detail.setId(error.id);
    detail.setProperties(encode(error.outputs));
    detail.setInputs(encode(error.inputs));
    detail.setReasonsList([text]);
    const complete = withDetail(grpc.status.UNKNOWN, text, detail, "pulumirpc.ErrorResourceInitFailed");
    if (hasDetail(complete)) return complete;
    // The engine reads the inputs only after a read: it knows those of a create and an update.
    detail.clearInputs();
    return withDetail(grpc.status.UNKNOWN, text, detail, "pulumirpc.ErrorResourceInitFailed");
  }
  if (error instanceof InputErrors) {
    const detail = new InputPropertiesError();
    for (const failure of error.failures) {
      const property = new InputPropertiesError.PropertyError();
      property.setPropertyPath(printable(failure.property));
      property.setReason(printable(failure.reason));
      detail.addErrors(property);
    }
    return withDetail(grpc.status.INVALID_ARGUMENT, text, detail, "pulumirpc.InputPropertiesError");
  }
  return serviceError(isAbort(error) ? grpc.status.CANCELLED : grpc.status.UNKNOWN, text);
}

export function toWireFailures(failures: readonly CheckFailure[]): WireFailure[] {
  return failures.map(({ property, reason }) => {
    const failure = new WireFailure();
    failure.setProperty(printable(property));
    failure.setReason(printable(reason));
    return failure;
  });
}

function messageOf(error: unknown): Lines {
  if (error instanceof InputErrors) return error.lines;
  return lineOf(error);
}

function lineOf(error: unknown): string {
  if (isAbort(error)) return "The operation was cancelled.";
  if (!(error instanceof Error)) return String(error);
  // Node.js puts the cause of some network errors only into an inner error, and the outer message may be empty.
  const inner = error instanceof AggregateError ? error.errors.map(lineOf).join("; ") : "";
  return [error.message, inner].filter((part) => part !== "").join(": ") || error.name;
}

/** Shortens a text whose percent-encoded form, as gRPC sends it, is too long. */
function limitText(text: string): string {
  let size = 0;
  let end = 0;
  for (const character of text) {
    size += encodeURI(character).length;
    if (size > maxTextBytes) return `${text.slice(0, end)}... (the first ${end} of ${text.length} characters)`;
    end += character.length;
  }
  return text;
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === "AbortError";
}

function serviceError(code: grpc.status, details: string, metadata = new grpc.Metadata()): grpc.ServiceError {
  return Object.assign(new Error(details), { code, details, metadata });
}

// gRPC for Node.js has no API for structured details. Other implementations send them in this header.
const detailsHeader = "grpc-status-details-bin";

/** Omits the detail if it is too large. */
function withDetail(code: grpc.status, text: string, detail: Message, type: string): grpc.ServiceError {
  const packed = new Any();
  packed.pack(detail.serializeBinary(), type);
  const status = new Status();
  status.setCode(code);
  status.setMessage(text);
  status.addDetails(packed);
  const bytes = Buffer.from(status.serializeBinary());
  const metadata = new grpc.Metadata();
  if (bytes.length <= maxDetailBytes) metadata.add(detailsHeader, bytes);
  return serviceError(code, text, metadata);
}

function hasDetail({ metadata }: grpc.ServiceError): boolean {
  return metadata.get(detailsHeader).length > 0;
}
