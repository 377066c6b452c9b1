import { isDeepStrictEqual } from "node:util";
import type { LoggedRequest } from "entra-emulator";
import type { Outcome } from "./driver";
import type { Kind, Operation } from "./kinds";
import { startGraphEnvironment, type Saved, type GraphEnvironment } from "./environment";

/** An operation under test: its initial state and its action. */
export interface Phase {
  name: string;
  /** The operation that the results are grouped by. */
  operation: Operation;
  from: Saved;
  run(environment: GraphEnvironment): Promise<Outcome>;
  /** The requests of a run without a fault. */
  requests: readonly LoggedRequest[];
  /** The state after a run without a fault and the run that follows it. */
  end: unknown;
}

export interface Case {
  /** Name of the phase. */
  phase: string;
  /** Index of the phase's request that receives the fault, from 0. */
  index: number;
  kind: Kind;
}

export interface Result extends Case {
  operation: Phase["operation"];
  request: LoggedRequest;
  /** Whether the operation succeeded despite the fault. */
  wentThrough: boolean;
  message: string;
  /** Violated guarantees. Empty if there are none. */
  defects: string[];
}

/** Returns the operations with their requests and final states in this environment without a fault. */
async function phasesIn(environment: GraphEnvironment): Promise<Phase[]> {
  const up = (one: GraphEnvironment) => one.driver.up(one.program());
  const start = environment.save();
  await up(environment);
  const deployed = environment.save();
  environment.drift();
  const drifted = environment.save();
  await environment.driver.refresh();
  const refreshed = environment.save();
  const preview = (one: GraphEnvironment) => one.driver.preview(one.program());
  const refresh = (one: GraphEnvironment) => one.driver.refresh();
  const plans: Pick<Phase, "name" | "operation" | "from" | "run">[] = [
    { name: "preview", operation: "up", from: start, run: preview },
    { name: "up", operation: "up", from: start, run: up },
    { name: "refresh", operation: "refresh", from: deployed, run: refresh },
    { name: "refresh after drift", operation: "up after drift", from: drifted, run: refresh },
    { name: "preview after drift", operation: "up after drift", from: refreshed, run: preview },
    { name: "up after drift", operation: "up after drift", from: refreshed, run: up },
    { name: "destroy", operation: "destroy", from: deployed, run: (one) => one.driver.destroy() },
  ];
  const found: Phase[] = [];
  for (const plan of plans) {
    environment.restore(plan.from);
    environment.tenant.graph.requests.clear();
    required(await plan.run(environment), plan.name);
    const requests = [...environment.requests()];
    required(await again(environment, plan), plan.name);
    found.push({ ...plan, requests, end: environment.endState() });
  }
  return found;
}

/**
 * Combines every request of every operation with every fault that fits it. A fault that lasts for more than one request
 * is injected only at the first request of each shape, because later requests of that shape behave the same.
 */
function allCases(phases: readonly Phase[], kinds: readonly Kind[]): Case[] {
  return phases.flatMap((phase) => {
    const shapes = phase.requests.map(({ method, path }) => `${method} ${path.replace(/[0-9a-f-]{36}/g, "ID")}`);
    return phase.requests.flatMap((request, index) =>
      kinds
        .filter(
          ({ fits, times }) =>
            (fits?.(request, phase.operation) ?? true) && ((times ?? 1) === 1 || isFirst(shapes, index)),
        )
        .map((kind) => ({ phase: phase.name, index, kind })),
    );
  });
}

function isFirst(shapes: readonly string[], index: number): boolean {
  return shapes.indexOf(shapes[index] ?? "") === index;
}

/** Runs the operation again after the first run succeeded or failed. */
async function again(environment: GraphEnvironment, phase: Pick<Phase, "name" | "operation">): Promise<Outcome> {
  if (phase.operation === "destroy") return environment.driver.destroy();
  // An `up` repairs only drift that a refresh detected, so a failed refresh is repeated first.
  const refresh: Outcome = phase.name.startsWith("refresh") ? await environment.driver.refresh() : { ok: true };
  return refresh.ok ? environment.driver.up(environment.program()) : refresh;
}

/** Runs one case: the operation with the fault, the next run without it, and a comparison of the final state. */
async function runCase(environment: GraphEnvironment, phase: Phase, { index, kind }: Case): Promise<Result> {
  const { faults, requests } = environment.tenant.graph;
  environment.restore(phase.from);
  requests.clear();
  const injected = faults.inject({}, kind.fault(index), { skip: index, times: kind.times ?? 1 });
  const outcome = await phase.run(environment);
  faults.clear();
  const defects: string[] = [];
  if (injected.hits === 0) defects.push("the fault was not injected");
  if (!outcome.ok) defects.push(...messageProblems(outcome.message, environment.secrets));
  const next = await again(environment, phase);
  if (!next.ok) defects.push(`the next run failed: ${next.message}`);
  const end = environment.endState();
  if (!isDeepStrictEqual(end, phase.end)) defects.push(`the final state differs: ${difference(end, phase.end)}`);
  if (phase.operation !== "destroy" && !areUsersSentAgain(environment)) defects.push("the job was not restarted");
  return {
    phase: phase.name,
    operation: phase.operation,
    request: phase.requests[index] as LoggedRequest,
    index,
    kind,
    wentThrough: outcome.ok,
    message: outcome.ok ? "" : outcome.message,
    defects,
  };
}

/** Reports why an error message is not clear to a user. */
function messageProblems(message: string, secrets: readonly string[]): string[] {
  return [
    ...(/^[A-Za-z][^]{20,}\.$/.test(message) ? [] : [`not a sentence: ${message}`]),
    ...(/undefined|\[object|\bat .*\.[jt]s:\d|\b(Type|Range|Reference|Syntax)Error|aka\.ms/.test(message)
      ? [`internal terms: ${message}`]
      : []),
    ...(secrets.some((secret) => message.includes(secret)) ? ["the message contains a secret"] : []),
  ];
}

/**
 * Checks that the job was started or restarted after the last schema change. A running job applies changed mappings to
 * known users only after a restart.
 */
function areUsersSentAgain(environment: GraphEnvironment): boolean {
  const events = environment.record().history.map(({ event }) => event);
  return (
    events.lastIndexOf("schemaReplaced") <= Math.max(events.lastIndexOf("restarted"), events.lastIndexOf("started"))
  );
}

function difference(a: unknown, b: unknown): string {
  const [left, right] = [a, b].map((value) => value as Record<string, unknown>);
  const keys = Object.keys(left ?? {}).filter((key) => !isDeepStrictEqual(left?.[key], right?.[key]));
  return keys.map((key) => `${key} ${JSON.stringify(left?.[key]).slice(0, 300)}`).join("; ");
}

function required(outcome: Outcome, name: string): void {
  if (!outcome.ok) throw new Error(`${name} failed without a fault: ${outcome.message}`);
}

/** Runs the operations with the driver and returns them with their requests. */
export async function observePhases(): Promise<Phase[]> {
  const environment = await startGraphEnvironment();
  try {
    return await phasesIn(environment);
  } finally {
    await environment.close();
  }
}

/**
 * Runs all cases, or the chosen ones, in `lanes` parallel environments, because each of them spends most of its time
 * waiting.
 */
export async function runAll(
  kinds: readonly Kind[],
  lanes: number,
  isChosen: (one: Case, phase: Phase) => boolean = () => true,
): Promise<Result[]> {
  const results: Result[] = [];
  let left: Case[] | undefined;
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      const environment = await startGraphEnvironment();
      try {
        const phases = await phasesIn(environment);
        const byName = new Map(phases.map((phase) => [phase.name, phase]));
        left ??= allCases(phases, kinds).filter((one) => isChosen(one, byName.get(one.phase) as Phase));
        for (let next = left.shift(); next !== undefined; next = left.shift()) {
          results.push(await runCase(environment, byName.get(next.phase) as Phase, next));
        }
      } finally {
        await environment.close();
      }
    }),
  );
  return results;
}
