import type { EngineEvent } from "@pulumi/pulumi/automation";

type Diff = Record<string, { diffKind: string; inputDiff: boolean }>;

/** Builds the event of a step in the format of the engine (3.253). For tests. */
export function step(given: {
  op: string;
  type: string;
  name: string;
  old?: Record<string, unknown>;
  now?: Record<string, unknown>;
  diff?: Diff | null;
  diffs?: string[];
  keys?: string[];
  event?: "resourcePreEvent" | "resOutputsEvent";
  custom?: boolean;
}): EngineEvent {
  const { op, type, name, old, now, diff, diffs, keys, event = "resOutputsEvent", custom = true } = given;
  const urn = `urn:pulumi:dev::smallstep-ssh-azuread::${type}::${name}`;
  const state = (inputs: Record<string, unknown>) => ({ type, urn, custom, inputs, outputs: inputs });
  const metadata = {
    op,
    urn,
    type,
    ...(old === undefined ? {} : { old: state(old) }),
    ...(now === undefined ? {} : { new: state(now) }),
    ...(diff === undefined ? {} : { detailedDiff: diff }),
    ...(diffs === undefined ? {} : { diffs }),
    ...(keys === undefined ? {} : { keys }),
  };
  return { sequence: 0, timestamp: 0, [event]: { metadata, planning: true } };
}

export function diagnostic(severity: string, message: string, about?: { type: string; name: string }): EngineEvent {
  const urn = about && `urn:pulumi:dev::smallstep-ssh-azuread::x:components:X$${about.type}::${about.name}`;
  return {
    sequence: 0,
    timestamp: 0,
    diagnosticEvent: { severity, message, color: "raw", urn },
  } as unknown as EngineEvent;
}

export const mappingsType = "usersync:entra:AttributeMappings";
