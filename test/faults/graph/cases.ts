import { isDeepStrictEqual } from "node:util";
import type { LoggedRequest } from "../../../sandbox/graph";
import type { Outcome } from "./driver";
import type { Kind } from "./kinds";
import { startGraphEnvironment, type Saved, type GraphEnvironment } from "./world";

/** An operation under test: from where it starts, and what it does. */
export interface Phase {
  name: string;
  /** What the figures count it under. */
  operation: "up" | "refresh" | "up after drift" | "destroy";
  from: Saved;
  run(world: GraphEnvironment): Promise<Outcome>;
  /** The requests that it makes when all is well. */
  requests: readonly LoggedRequest[];
  /** How everything is after it and the next run, when all is well. */
  end: unknown;
}

export interface Case {
  /** Name of the phase. */
  phase: string;
  /** Which of the phase's requests is struck, from 0. */
  index: number;
  kind: Kind;
}

export interface Result extends Case {
  operation: Phase["operation"];
  request: LoggedRequest;
  /** Struck, but the operation went through. */
  wentThrough: boolean;
  message: string;
  /** What is wrong; empty when all is as promised. */
  defects: string[];
}

/** The operations, with what they request and come to in this world when all is well. */
async function phasesIn(world: GraphEnvironment): Promise<Phase[]> {
  const up = (one: GraphEnvironment) => one.driver.up(one.program());
  const start = world.save();
  await up(world);
  const deployed = world.save();
  world.drift();
  const drifted = world.save();
  await world.driver.refresh();
  const refreshed = world.save();
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
    world.restore(plan.from);
    world.tenant.graph.requests.clear();
    required(await plan.run(world), plan.name);
    const requests = [...world.requests()];
    required(await again(world, plan), plan.name);
    found.push({ ...plan, requests, end: world.endState() });
  }
  return found;
}

/**
 * Every request of every operation, struck by every fault that it can have. What lasts to the end of the operation strikes the first
 * request of each shape: from there on it is the same for all.
 */
function allCases(phases: readonly Phase[], kinds: readonly Kind[]): Case[] {
  return phases.flatMap((phase) => {
    const shapes = phase.requests.map(({ method, path }) => `${method} ${path.replace(/[0-9a-f-]{36}/g, "ID")}`);
    return phase.requests.flatMap((request, index) =>
      kinds
        .filter(({ fits, times }) => (fits?.(request) ?? true) && (times !== Infinity || isFirst(shapes, index)))
        .map((kind) => ({ phase: phase.name, index, kind })),
    );
  });
}

function isFirst(shapes: readonly string[], index: number): boolean {
  return shapes.indexOf(shapes[index] ?? "") === index;
}

/** The next run, after whatever became of the first. */
async function again(world: GraphEnvironment, phase: Pick<Phase, "name" | "operation">): Promise<Outcome> {
  if (phase.operation === "destroy") return world.driver.destroy();
  // Drift that was not seen is not repaired: whoever refreshed in vain refreshes again.
  const refresh: Outcome = phase.name.startsWith("refresh") ? await world.driver.refresh() : { ok: true };
  return refresh.ok ? world.driver.up(world.program()) : refresh;
}

/** One case: the operation with the fault, then the next run without, and what is there in the end. */
async function runCase(world: GraphEnvironment, phase: Phase, { index, kind }: Case): Promise<Result> {
  const { faults, requests } = world.tenant.graph;
  world.restore(phase.from);
  requests.clear();
  const injected = faults.inject({}, kind.fault(), { skip: index, times: kind.times ?? 1 });
  const outcome = await phase.run(world);
  faults.clear();
  const defects: string[] = [];
  if (injected.hits === 0) defects.push("the fault struck nothing");
  if (!outcome.ok) defects.push(...wordsWrong(outcome.message, world.secrets));
  const next = await again(world, phase);
  if (!next.ok) defects.push(`the next run failed: ${next.message}`);
  const end = world.endState();
  if (!isDeepStrictEqual(end, phase.end)) defects.push(`the end is another: ${difference(end, phase.end)}`);
  if (phase.operation !== "destroy" && !peopleAreSentAgain(world)) defects.push("the job was not restarted");
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

/** Why an error is none that a person can use. */
function wordsWrong(message: string, secrets: readonly string[]): string[] {
  return [
    ...(/^[A-Za-z][^]{20,}\.$/.test(message) ? [] : [`no sentence: ${message}`]),
    ...(/undefined|\[object|\bat .*\.[jt]s:\d|\b(Type|Range|Reference|Syntax)Error|aka\.ms/.test(message)
      ? [`a programmer's words: ${message}`]
      : []),
    ...(secrets.some((secret) => message.includes(secret)) ? ["a secret is shown"] : []),
  ];
}

/** A running job takes changed mappings to people whom it knows already only after a restart. */
function peopleAreSentAgain(world: GraphEnvironment): boolean {
  const events = world.record().history.map(({ event }) => event);
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
  if (!outcome.ok) throw new Error(`${name} failed with no fault at all: ${outcome.message}`);
}

/** The operations with their requests, as the driver carries them out. */
export async function observePhases(): Promise<Phase[]> {
  const world = await startGraphEnvironment();
  try {
    return await phasesIn(world);
  } finally {
    await world.close();
  }
}

/** Carries out all cases, or those chosen, in several worlds at once, so that one's waits are another's work. */
export async function runAll(
  kinds: readonly Kind[],
  lanes: number,
  isChosen: (one: Case, phase: Phase) => boolean = () => true,
): Promise<Result[]> {
  const results: Result[] = [];
  let left: Case[] | undefined;
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      const world = await startGraphEnvironment();
      try {
        const phases = await phasesIn(world);
        const byName = new Map(phases.map((phase) => [phase.name, phase]));
        left ??= allCases(phases, kinds).filter((one) => isChosen(one, byName.get(one.phase) as Phase));
        for (let next = left.shift(); next !== undefined; next = left.shift()) {
          results.push(await runCase(world, byName.get(next.phase) as Phase, next));
        }
      } finally {
        await world.close();
      }
    }),
  );
  return results;
}
