import { setTimeout as sleep } from "node:timers/promises";

import type { V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import { isMap, type CallContext, type PropertyMap } from "@smallstep-ssh/usersync/host";
import { maps } from "../common/values";
import type { Api } from "./api";

const defaultSeconds = 600;
const pollMs = 500;
/** Number of Job polls per check of its Pods. */
const pollsPerPodCheck = 4;
/** Maximum number of Pods to report. The last Pods of a Job with many attempts are enough. */
const lastPods = 3;

/** Returns the value of an annotation. */
export function annotation({ metadata }: PropertyMap, name: string): unknown {
  const annotations = isMap(metadata) ? metadata["annotations"] : undefined;
  return isMap(annotations) ? annotations[name] : undefined;
}

/** Returns the state of a Job, with a reason unless it is complete. */
export function jobState(job: PropertyMap): { state: "running" | "complete" | "failed"; message: string } {
  const status = isMap(job["status"]) ? job["status"] : {};
  const is = (type: string) =>
    maps(status["conditions"]).find((one) => one["type"] === type && one["status"] === "True");
  const failed = is("Failed");
  if (failed) return { state: "failed", message: `[${String(failed["reason"])}] ${String(failed["message"])}` };
  if (is("Complete")) return { state: "complete", message: "" };
  const counts = ["active", "succeeded", "failed"].map((name) => `${name}: ${Number(status[name] ?? 0)}`);
  return { state: "running", message: `it is not complete (${counts.join(", ")}).` };
}

/** Returns the reason why a Job is not complete, with the problems of its Pods, or `undefined` if it is complete. */
export async function whyIncomplete(api: Api, job: PropertyMap): Promise<string | undefined> {
  const { state, message } = jobState(job);
  return state === "complete" ? undefined : explain(api, job, message);
}

/**
 * Waits until a Job is complete. `onPoll` receives each state until then.
 * @throws Error with the problems of its Pods if the Job fails, is deleted or reaches the timeout
 */
export async function awaitJob(
  ctx: Pick<CallContext<unknown>, "timeoutSeconds" | "signal" | "log">,
  api: Api,
  job: PropertyMap,
  onPoll: (job: PropertyMap) => void,
): Promise<void> {
  const seconds = ctx.timeoutSeconds ?? defaultSeconds;
  const deadline = Date.now() + seconds * 1000;
  const logged = new Set<string>();
  let live: PropertyMap | undefined = job;
  for (let poll = 1; ; poll++) {
    if (live === undefined) throw new Error("The Job was deleted before it completed.");
    onPoll(live);
    const { state, message } = jobState(live);
    if (state === "complete") return;
    if (state === "failed") throw new Error(await explain(api, live, message));
    if (Date.now() > deadline) throw new Error(await explain(api, live, `After ${seconds} s ${message}`));
    if (poll % pollsPerPodCheck === 0) {
      for (const failure of await podFailures(api, live)) {
        if (!logged.has(failure)) ctx.log("warning", failure);
        logged.add(failure);
      }
    }
    await sleep(pollMs, undefined, { signal: ctx.signal });
    live = await api.get(job);
  }
}

async function explain(api: Api, job: PropertyMap, message: string): Promise<string> {
  const { namespace, name } = isMap(job["metadata"]) ? job["metadata"] : {};
  const id = `${String(namespace)}/${String(name)}`;
  const failures = await podFailures(api, job);
  return [`Job ${id} was created but did not succeed: ${message}`, ...failures].join("\n  - ");
}

/**
 * Returns the problems of a Job's Pods, one sentence each, from the same sources as the official provider: conditions,
 * and container states with their termination messages. It reads neither init containers nor logs
 * (provider/pkg/await/checker/pod/check.go).
 */
async function podFailures(api: Api, job: PropertyMap): Promise<string[]> {
  const created = ({ metadata }: V1Pod) => metadata?.creationTimestamp?.getTime() ?? 0;
  const pods = (await api.podsOf(job)).sort((a, b) => created(a) - created(b)).slice(-lastPods);
  return pods.flatMap(({ metadata, status }) => {
    const unscheduled = (status?.conditions ?? []).filter(
      ({ type, status, reason }) => type === "PodScheduled" && status === "False" && reason !== "SchedulingGated",
    );
    return [
      ...[...unscheduled, { message: status?.message }].flatMap(({ message }) => message ?? []),
      ...(status?.containerStatuses ?? []).flatMap(containerProblems),
    ].map((problem) => `Pod ${metadata?.name}, ${problem}`);
  });
}

function containerProblems({ name, state, lastState }: V1ContainerStatus): string[] {
  const waiting = state?.waiting;
  const ended = state?.terminated ?? lastState?.terminated;
  const parts: string[] = [];
  if (waiting?.reason && !["PodInitializing", "ContainerCreating"].includes(waiting.reason)) {
    parts.push(`waits (${[waiting.reason, waiting.message].filter(Boolean).join(": ")})`);
  }
  if (ended && ended.exitCode !== 0) {
    const reason = [ended.reason, ended.message].filter(Boolean).join(": ");
    parts.push(`ended with exit code ${ended.exitCode}${reason && ` (${reason.trim()})`}`);
  }
  return parts.length === 0 ? [] : [`container ${name}: ${parts.join("; ")}`];
}
