import type { PropertyMap, PropertyValue } from "../../../provider/host";
import type { Api } from "./api";
import { collectionPath, namespaceOf } from "./kinds";
import { at } from "./objects";

const pods = { apiVersion: "v1", kind: "Pod", plural: "pods", namespaced: true };
/** Of a Job that was tried often, the last Pods tell enough. */
const lastPods = 3;
const logLines = 10;
/** What a container waits for in the ordinary course of things. */
const ordinary = new Set(["PodInitializing", "ContainerCreating"]);

/** What keeps the Pods of a Job from doing their work, a sentence each. With `logs`, failed containers' last words as well. */
export async function podFailures(api: Api, job: PropertyMap, logs: boolean): Promise<string[]> {
  const path = collectionPath(pods, namespaceOf(job));
  const uid = String(at(job, "metadata", "uid"));
  const found = await api.list(path, `batch.kubernetes.io/controller-uid=${uid}`);
  const created = (pod: PropertyMap) => String(at(pod, "metadata", "creationTimestamp"));
  const latest = found.sort((a, b) => created(a).localeCompare(created(b))).slice(-lastPods);
  const failures: string[] = [];
  for (const pod of latest) {
    const name = String(at(pod, "metadata", "name"));
    failures.push(...podProblems(pod).map((problem) => `Pod ${name}: ${problem}`));
    for (const status of containerStatuses(pod)) {
      const problem = containerProblem(status);
      if (problem === undefined) continue;
      const container = String(status["name"]);
      const lines = logs && problem.ended ? await tail(api, `${path}/${encodeURIComponent(name)}`, container) : "";
      failures.push(`Pod ${name}, container ${container}: ${problem.text}${lines}`);
    }
  }
  return failures;
}

function podProblems(pod: PropertyMap): string[] {
  const conditions = list(at(pod, "status", "conditions"));
  const unscheduled = conditions.filter(
    (one) => one["type"] === "PodScheduled" && one["status"] === "False" && one["reason"] !== "SchedulingGated",
  );
  const message = at(pod, "status", "message");
  return [...unscheduled.map((one) => String(one["message"])), ...(typeof message === "string" ? [message] : [])];
}

function containerStatuses(pod: PropertyMap): PropertyMap[] {
  return [...list(at(pod, "status", "initContainerStatuses")), ...list(at(pod, "status", "containerStatuses"))];
}

function containerProblem(status: PropertyMap): { text: string; ended: boolean } | undefined {
  const waiting = at(status, "state", "waiting");
  const ended = at(status, "state", "terminated") ?? at(status, "lastState", "terminated");
  const waitsFor = at(waiting, "reason");
  const parts: string[] = [];
  if (typeof waitsFor === "string" && !ordinary.has(waitsFor)) {
    parts.push(`waits (${[waitsFor, at(waiting, "message")].filter(Boolean).join(": ")})`);
  }
  const code = at(ended, "exitCode");
  const failed = typeof code === "number" && code !== 0;
  if (failed) {
    const said = [at(ended, "reason"), at(ended, "message")].filter(Boolean).join(": ");
    parts.push(`ended with exit code ${code}${said && ` (${said.trim()})`}`);
  }
  return parts.length === 0 ? undefined : { text: parts.join("; "), ended: failed };
}

async function tail(api: Api, pod: string, container: string): Promise<string> {
  try {
    const text = (await api.log(pod, container, logLines)).trimEnd();
    return text === "" ? "" : `\n${text.replaceAll(/^/gm, "    ")}`;
  } catch {
    return ""; // a node without its log is reason enough to fail without it
  }
}

function list(value: PropertyValue | undefined): PropertyMap[] {
  return (Array.isArray(value) ? value : []) as PropertyMap[];
}
