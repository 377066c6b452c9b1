import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as z from "zod";

/** The registration Job of a team. `reason`: why it has failed. */
export type RegistrationJob = { state: "complete" } | { state: "running" } | { state: "failed"; reason: string };

/** The kubeconfig's user may not read an object. */
export class ForbiddenError extends Error {
  constructor(readonly permission: string) {
    super(`It needs the permission ${permission}.`);
  }
}

/** Runs kubectl and returns its output. @throws Error with `code` ENOENT without kubectl, otherwise with `stderr` */
export type Kubectl = (args: readonly string[]) => Promise<string>;

const runKubectl: Kubectl = async (args) => {
  const { stdout } = await promisify(execFile)("kubectl", args, { timeout: 30_000, maxBuffer: 16 * 1024 * 1024 });
  return stdout;
};

const condition = z.object({ type: z.string(), status: z.string(), message: z.string().optional() });
const jobSchema = z.object({ status: z.object({ conditions: z.array(condition).optional() }).optional() });
const terminated = z.object({ message: z.string().optional() });
const container = z.object({ state: z.object({ terminated: terminated.optional() }).optional() });
const pod = z.object({
  metadata: z.object({ creationTimestamp: z.string() }),
  status: z.object({ containerStatuses: z.array(container).optional() }),
});
const podsSchema = z.object({ items: z.array(pod) });

/**
 * Reads the Job with kubectl. Null: there is no kubectl or no kubeconfig. Undefined: the Job does not exist.
 * @param place `context`: undefined stands for the current context
 * @throws ForbiddenError, or another Error if the cluster does not answer
 */
export async function readRegistrationJob(
  place: { context?: string | undefined; namespace: string },
  name: string,
  kubectl: Kubectl = runKubectl,
): Promise<RegistrationJob | null | undefined> {
  const context = place.context === undefined ? [] : ["--context", place.context];
  const get = (kind: string, ...selection: string[]) =>
    kubectl(["get", kind, ...selection, "--namespace", place.namespace, ...context, "--output", "json"]);
  try {
    const found = await get("job", name, "--ignore-not-found");
    if (found.trim() === "") return undefined;
    const { conditions = [] } = jobSchema.parse(JSON.parse(found)).status ?? {};
    const ended = (type: string) => conditions.find((one) => one.type === type && one.status === "True");
    const failed = ended("Failed");
    if (failed === undefined) return ended("Complete") === undefined ? { state: "running" } : { state: "complete" };
    const pods = podsSchema.parse(JSON.parse(await get("pods", "--selector", `job-name=${name}`)));
    return { state: "failed", reason: failureOf(pods.items) ?? failed.message ?? "no reason given" };
  } catch (error) {
    const { code, stderr = "" } = error as { code?: unknown; stderr?: string };
    // Without a kubeconfig, kubectl asks this server, or has no context.
    if (code === "ENOENT" || stderr.includes("localhost:8080")) return null;
    if (
      /context .* does not exist/.test(stderr) &&
      (await kubectl(["config", "get-contexts", "--output", "name"])) === ""
    )
      return null;
    if (stderr.includes("(Forbidden)")) {
      throw new ForbiddenError(`get jobs and list pods in the namespace ${place.namespace}`);
    }
    if (stderr !== "") throw new Error(`kubectl: ${stderr.trim().split("\n").at(-1)}`, { cause: error });
    throw error;
  }
}

/** Returns the reason that the newest failed Pod gives: the line of its log that names the failed step. */
function failureOf(pods: readonly z.infer<typeof pod>[]): string | undefined {
  const newest = [...pods].sort((a, b) => b.metadata.creationTimestamp.localeCompare(a.metadata.creationTimestamp));
  const [message = ""] = newest.flatMap(({ status }) =>
    (status.containerStatuses ?? []).flatMap(({ state }) => state?.terminated?.message ?? []),
  );
  const lines = message.split("\n").filter((line) => line.trim() !== "");
  return lines.find((line) => /^\S+: failed: /.test(line)) ?? lines.at(-1);
}
