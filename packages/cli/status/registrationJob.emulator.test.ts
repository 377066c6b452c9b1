import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeEach, expect, it, vi } from "vitest";
import { readRegistrationJob, type Kubectl } from "./registrationJob";

const name = "registration-acme--prod-1";
const place = { namespace: "smallstep" };
const jobOf = (type: string) => ({ status: { conditions: [{ type, status: "True", message: "too many retries" }] } });
const podOf = (creationTimestamp: string, message?: string) => ({
  metadata: { creationTimestamp },
  status: { containerStatuses: [{ state: { terminated: { exitCode: 1, message } } }] },
});

/** Answers like kubectl for one Job and its Pods, and records the arguments. */
function cluster(job: object | undefined, pods: object[] = []) {
  const asked: string[] = [];
  const kubectl: Kubectl = (args) => {
    asked.push(args.join(" "));
    if (args[1] === "pods") return Promise.resolve(JSON.stringify({ items: pods }));
    return Promise.resolve(job === undefined ? "" : JSON.stringify(job));
  };
  return { asked, kubectl };
}

it("reads the state of the Job in the configured context and namespace", async () => {
  const { asked, kubectl } = cluster(jobOf("Complete"));
  expect(await readRegistrationJob({ ...place, context: "production" }, name, kubectl)).toEqual({ state: "complete" });
  expect(asked).toEqual([
    `get job ${name} --ignore-not-found --namespace smallstep --context production --output json`,
  ]);
  expect(await readRegistrationJob(place, name, cluster({ status: { active: 1 } }).kubectl)).toEqual({
    state: "running",
  });
  expect(await readRegistrationJob(place, name, cluster(undefined).kubectl)).toBeUndefined();
});

it("takes the reason of a failure from the log of the newest Pod", async () => {
  const log = "compare: it is not published\nregister: failed: no authority\nswitch-team: skipped\n";
  const reasonWith = async (...pods: object[]) => {
    const { asked, kubectl } = cluster(jobOf("Failed"), pods);
    const found = await readRegistrationJob(place, name, kubectl);
    expect(asked[1]).toBe(`get pods --selector job-name=${name} --namespace smallstep --output json`);
    return found;
  };
  const old = podOf("2026-01-01T00:00:00Z", "old: failed: x");
  expect(await reasonWith(old, podOf("2026-01-02T00:00:00Z", log))).toEqual({
    state: "failed",
    reason: "register: failed: no authority",
  });
  expect(await reasonWith(podOf("2026-01-01T00:00:00Z", "out of memory\n"))).toMatchObject({ reason: "out of memory" });
  expect(await reasonWith()).toMatchObject({ reason: "too many retries" });
});

let dir = "";
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), "kubectl-"));
  vi.stubEnv("PATH", `${dir}${path.delimiter}/bin${path.delimiter}/usr/bin`);
  return () => {
    vi.unstubAllEnvs();
    rmSync(dir, { recursive: true, force: true });
  };
});
const fail = (stderr: string, contexts = "") =>
  writeFileSync(
    path.join(dir, "kubectl"),
    `#!/bin/sh\nif [ "$1" = config ]; then printf '%s' '${contexts}'; exit 0; fi\necho '${stderr}' >&2\nexit 1\n`,
    { mode: 0o755 },
  );

it("runs kubectl, and reports no Job without it or without a kubeconfig", async () => {
  vi.stubEnv("PATH", dir);
  expect(await readRegistrationJob(place, name)).toBeNull();
  vi.stubEnv("PATH", `${dir}${path.delimiter}/bin`);
  fail("The connection to the server localhost:8080 was refused - did you specify the right host or port?");
  expect(await readRegistrationJob(place, name)).toBeNull();
  fail('error: context "production" does not exist');
  expect(await readRegistrationJob({ ...place, context: "production" }, name)).toBeNull();
});

it("names the missing permission, and reports any other error of kubectl", async () => {
  fail('Error from server (Forbidden): jobs.batch "x" is forbidden');
  await expect(readRegistrationJob(place, name)).rejects.toMatchObject({
    permission: "get jobs and list pods in the namespace smallstep",
  });
  fail('error: context "production" does not exist', "staging");
  await expect(readRegistrationJob(place, name)).rejects.toThrow('kubectl: error: context "production" does not exist');
});
