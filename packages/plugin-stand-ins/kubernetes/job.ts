import { setTimeout as sleep } from "node:timers/promises";

import type { CallContext, PropertyMap } from "@smallstep-ssh/usersync/host";
import type { Api } from "./api";
import type { Cluster } from "./cluster";
import { at, annotation } from "./objects";
import { podFailures } from "./podFailures";

export type JobState = "running" | "complete" | "failed";

const pollMs = 500;
/** Number of Job polls per check of its Pods. */
const pollsPerPodCheck = 4;

/** Returns the state of a Job. */
export function jobState(job: PropertyMap): { state: JobState; message: string } {
  const conditions = (at(job, "status", "conditions") ?? []) as PropertyMap[];
  const is = (type: string) => conditions.find((one) => one["type"] === type && one["status"] === "True");
  const failed = is("Failed");
  if (failed) return { state: "failed", message: `[${String(failed["reason"])}] ${String(failed["message"])}` };
  if (is("Complete")) return { state: "complete", message: "" };
  const count = (name: string) => Number(at(job, "status", name) ?? 0);
  const counts = `active: ${count("active")}, succeeded: ${count("succeeded")}, failed: ${count("failed")}`;
  return { state: "running", message: `it is not complete (${counts}).` };
}

/** Returns whether the program waits for this object. */
export function isAwaited(inputs: PropertyMap): boolean {
  return annotation(inputs, "pulumi.com/skipAwait") !== "true";
}

/** Returns the reason why a Job is not complete, with the problems of its Pods, or `undefined` if it is complete. */
export async function whyIncomplete(api: Api, job: PropertyMap): Promise<string | undefined> {
  const { state, message } = jobState(job);
  return state === "complete" ? undefined : explain(api, job, message);
}

/**
 * Waits until a Job is complete. `seen` receives each state until then.
 * @throws Error with the problems of its Pods if the Job fails, is deleted or reaches the timeout
 */
export async function awaitJob(
  ctx: CallContext<Cluster>,
  api: Api,
  path: string,
  job: PropertyMap,
  seconds: number,
  onPoll: (job: PropertyMap) => void,
): Promise<PropertyMap> {
  const deadline = Date.now() + seconds * 1000;
  const logged = new Set<string>();
  let live: PropertyMap | undefined = job;
  for (let poll = 1; ; poll++) {
    if (live === undefined) throw new Error(`Job ${path.split("/").at(-1)} was deleted before it completed.`);
    onPoll(live);
    const { state, message } = jobState(live);
    if (state === "complete") return live;
    if (state === "failed") throw new Error(await explain(api, live, message));
    if (Date.now() > deadline) throw new Error(await explain(api, live, `After ${seconds} s ${message}`));
    if (poll % pollsPerPodCheck === 0) {
      for (const failure of await podFailures(api, live)) {
        if (!logged.has(failure)) ctx.log("warning", failure);
        logged.add(failure);
      }
    }
    await sleep(pollMs, undefined, { signal: ctx.signal });
    live = await api.get(path);
  }
}

async function explain(api: Api, job: PropertyMap, message: string): Promise<string> {
  const name = [at(job, "metadata", "namespace"), at(job, "metadata", "name")].join("/");
  const failures = await podFailures(api, job);
  return [`Job ${name} was created but did not succeed: ${message}`, ...failures].join("\n  - ");
}
