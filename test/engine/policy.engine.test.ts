import { writeFile } from "node:fs/promises";
import path from "node:path";
import * as azuread from "@pulumi/azuread";
import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { rules } from "@smallstep-ssh/policy";
import { entra } from "@smallstep-ssh/usersync";
import { deploy } from "@smallstep-ssh/stack";
import { startPreviewServices, type PreviewServices } from "./stack";

const root = path.join(__dirname, "../..");
const testSecret = "canary-of-a-password-in-an-argument";

/** The address has no server, because a preview does not need the cluster. */
const kubeconfig = JSON.stringify({
  apiVersion: "v1",
  kind: "Config",
  clusters: [{ name: "none", cluster: { server: "https://127.0.0.1:1" } }],
  users: [{ name: "none", user: {} }],
  contexts: [{ name: "none", context: { cluster: "none", user: "none" } }],
  "current-context": "none",
});

describe("policy pack, with the real engine", { timeout: 240_000 }, () => {
  let services: PreviewServices;
  beforeAll(async () => {
    services = await startPreviewServices();
    if (typeof services.engine !== "string") await writeFile(path.join(services.dir, "kubeconfig"), kubeconfig);
  });
  afterAll(() => services?.close());
  beforeEach((context) => {
    if (typeof services.engine === "string") context.skip(services.engine);
  });

  /** Runs a preview with the policy pack and returns its output and whether it succeeded. */
  async function preview(program: () => Promise<unknown>, settings: object): Promise<{ text: string; ok: boolean }> {
    const stack = await services.stack({
      settings,
      program: program as () => Promise<Record<string, unknown>>,
      env: { KUBECONFIG: path.join(services.dir, "kubeconfig") },
    });
    const error = await stack.preview({ policyPacks: [path.join(root, "packages/policy")] }).then(
      () => undefined,
      (reason: unknown) => reason as Error,
    );
    return { ok: error === undefined, text: `${error?.message ?? ""}\n${stack.transcript.join("")}` };
  }

  it("accepts the product's stack and advises against the client secret that never expires", async () => {
    const { ok, text } = await preview(() => deploy(), services.settings());
    expect(ok, text).toBe(true);
    expect(text).toMatch(/\[advisory\] {2}client-secrets-expire .*2299-12-31T00:00:00Z, in \d+ days;/s);
    expect(text).not.toContain("[mandatory]");
    expect(text).not.toContain("can't run policy");
  });

  it("rejects a stack that violates the rules and names each rule", async () => {
    const { ok, text } = await preview(() => Promise.resolve(breakingEveryRule()), {});
    expect(ok).toBe(false);
    const broken = rules.filter(({ name }) => text.includes(`]  ${name}  (`)).map(({ name }) => name);
    expect(broken).toEqual([
      "username-is-matching-attribute",
      "active-is-mapped",
      "no-default-access-role",
      "secrets-by-reference",
      "secrets-only-in-secrets",
      "client-secrets-expire",
      "single-tenant",
      "restricted-pods",
      "sync-job-created-disabled",
    ]);
    expect(text).not.toContain(testSecret);
  });
});

function breakingEveryRule(): void {
  const application = new azuread.Application("app", { displayName: "app", signInAudience: "AzureADMultipleOrgs" });
  new azuread.ApplicationPassword("secret", { applicationId: application.id, endDate: "2299-12-31T00:00:00Z" });
  const fromTemplate = new azuread.ApplicationFromTemplate("sync", {
    displayName: "sync",
    templateId: "8adf8e6e-67b2-4cf2-a259-e3dc5476c621",
  });
  new azuread.AppRoleAssignment("zero", {
    appRoleId: "00000000-0000-0000-0000-000000000000",
    principalObjectId: "5f0a4ad4-5f0c-4d1c-9a4f-b0a8c0e9a001",
    resourceObjectId: fromTemplate.servicePrincipalObjectId,
  });
  const job = new azuread.SynchronizationJob("job", {
    servicePrincipalId: fromTemplate.servicePrincipalId,
    templateId: "scim",
    enabled: true,
  });
  new entra.AttributeMappings("mappings", {
    jobId: job.id,
    mappings: { userName: { source: "userPrincipalName" }, externalId: { source: "objectId", matchingPriority: 1 } },
  });
  new kubernetes.core.v1.Secret("password", {
    metadata: { name: "s" },
    stringData: { PASSWORD: pulumi.secret(testSecret) },
  });
  new kubernetes.batch.v1.Job("registration", {
    metadata: { name: "j" },
    spec: {
      template: {
        spec: {
          restartPolicy: "Never",
          containers: [{ name: "c", image: "i", command: ["tool", "--password", pulumi.secret(testSecret)] }],
        },
      },
    },
  });
}
