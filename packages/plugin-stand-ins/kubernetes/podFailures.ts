import type { PropertyMap, PropertyValue } from "@smallstep-ssh/usersync/host";
import type { Api } from "./api";
import { collectionPath, namespaceOf } from "./kinds";
import { at } from "./objects";

const pods = { apiVersion: "v1", kind: "Pod", plural: "pods", namespaced: true };
/** Maximum number of Pods to report. The last Pods of a Job with many attempts are enough. */
const lastPods = 3;
/** Waiting reasons of a container that starts normally. */
const ordinary = new Set(["PodInitializing", "ContainerCreating"]);

/**
 * Returns the problems of a Job's Pods, one sentence each, from the same sources as the official provider: conditions,
 * and container states with their termination messages. It reads neither init containers nor logs
 * (provider/pkg/await/checker/pod/check.go).
 */
export async function podFailures(api: Api, job: PropertyMap): Promise<string[]> {
  const path = collectionPath(pods, namespaceOf(job));
  const uid = String(at(job, "metadata", "uid"));
  const found = await api.list(path, `batch.kubernetes.io/controller-uid=${uid}`);
  const created = (pod: PropertyMap) => String(at(pod, "metadata", "creationTimestamp"));
  const latest = found.sort((a, b) => created(a).localeCompare(created(b))).slice(-lastPods);
  return latest.flatMap((pod) => {
    const name = String(at(pod, "metadata", "name"));
    const containers = list(at(pod, "status", "containerStatuses")).flatMap((status) => {
      const problem = containerProblem(status);
      return problem === undefined ? [] : [`Pod ${name}, container ${String(status["name"])}: ${problem}`];
    });
    return [...podProblems(pod).map((problem) => `Pod ${name}: ${problem}`), ...containers];
  });
}

function podProblems(pod: PropertyMap): string[] {
  const conditions = list(at(pod, "status", "conditions"));
  const unscheduled = conditions.filter(
    (one) => one["type"] === "PodScheduled" && one["status"] === "False" && one["reason"] !== "SchedulingGated",
  );
  const message = at(pod, "status", "message");
  return [...unscheduled.map((one) => String(one["message"])), ...(typeof message === "string" ? [message] : [])];
}

function containerProblem(status: PropertyMap): string | undefined {
  const waiting = at(status, "state", "waiting");
  const ended = at(status, "state", "terminated") ?? at(status, "lastState", "terminated");
  const waitsFor = at(waiting, "reason");
  const parts: string[] = [];
  if (typeof waitsFor === "string" && !ordinary.has(waitsFor)) {
    parts.push(`waits (${[waitsFor, at(waiting, "message")].filter(Boolean).join(": ")})`);
  }
  const code = at(ended, "exitCode");
  if (typeof code === "number" && code !== 0) {
    const reason = [at(ended, "reason"), at(ended, "message")].filter(Boolean).join(": ");
    parts.push(`ended with exit code ${code}${reason && ` (${reason.trim()})`}`);
  }
  return parts.length === 0 ? undefined : parts.join("; ");
}

function list(value: PropertyValue | undefined): PropertyMap[] {
  return (Array.isArray(value) ? value : []) as PropertyMap[];
}
