import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { BatchV1Api, CoreV1Api, type V1PodSpec } from "@kubernetes/client-node";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { podSpec, type AdminToolsSecurityOptions, jobProgram } from "@smallstep-ssh/components";
import { TestEngine, type WireValue } from "@smallstep-ssh/usersync/testing";
import {
  startCluster,
  startPodRunner,
  type Cluster,
  type PodRunner,
  loadKubeconfig,
  controlPlaneProblem,
} from "@smallstep-ssh/sandbox";
import { kubernetes } from "@smallstep-ssh/plugin-stand-ins";
import { startTestSmallstep, type TestSmallstep } from "@smallstep-ssh/sandbox/testing";
import { startGraph, type GraphEmulator } from "entra-emulator";

const Job = "kubernetes:batch/v1:Job";
const namespace = "smallstep";

describe("registration Job in a namespace that enforces the restricted Pod Security Standard", () => {
  let missing: string | undefined;
  let dir = "";
  let cluster: Cluster | undefined;
  let runner: PodRunner | undefined;
  let test: TestSmallstep | undefined;
  let graph: GraphEmulator | undefined;
  let engine: TestEngine | undefined;
  let core: CoreV1Api;
  let batch: BatchV1Api;
  let bin = "";
  /** Writes the tool of the admin-tools image as a shell script. */
  const tool = (script: string) => writeFile(path.join(bin, "manage-provisioners"), `#!/bin/sh\n${script}\n`);

  beforeAll(async () => {
    missing = await controlPlaneProblem();
    if (missing !== undefined) return;
    dir = await mkdtemp(path.join(tmpdir(), "job-cluster-"));
    bin = path.join(dir, "bin");
    await mkdir(bin);
    test = await startTestSmallstep();
    graph = await startGraph({ authority: test.authority });
    const { image } = test.smallstep;
    await tool("");
    await chmod(path.join(bin, "manage-provisioners"), 0o755);
    cluster = await startCluster({ dir: path.join(dir, "cluster"), progress: () => undefined, allowBuild: false });
    runner = await startPodRunner({
      kubeconfigPath: cluster.kubeconfigPath,
      dir: path.join(dir, "pods"),
      images: (name) =>
        name === "admin-tools" ? { path: [bin], env: image.env } : { path: [path.dirname(process.execPath)], env: {} },
    });
    const config = loadKubeconfig(cluster.kubeconfigPath);
    core = config.makeApiClient(CoreV1Api);
    batch = config.makeApiClient(BatchV1Api);
    const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
    await core.createNamespace({ body: { metadata: { name: namespace, labels } } });
    engine = await TestEngine.start(kubernetes());
    await engine.configure({ kubeconfig: cluster.kubeconfigPath });
  });
  afterAll(async () => {
    engine?.close();
    await runner?.close();
    await cluster?.close();
    await graph?.close();
    await test?.close();
    if (dir !== "") await rm(dir, { recursive: true, force: true });
  });
  beforeEach((context) => {
    if (missing !== undefined) context.skip(missing);
  });

  const specOf = (adminTools?: AdminToolsSecurityOptions): V1PodSpec => {
    const names = {
      adminToolsImage: "admin-tools",
      nodeImage: "node",
      configMap: "registration",
      secret: "registration",
    };
    // As a client sends it: without undefined values.
    return JSON.parse(JSON.stringify(podSpec({ ...names, adminTools }))) as V1PodSpec;
  };

  /** Returns the error of the admission controller for a Pod, or `undefined` if it admits the Pod. */
  async function refusal(spec: V1PodSpec): Promise<string | undefined> {
    const body = { metadata: { generateName: "probe-" }, spec };
    return core.createNamespacedPod({ namespace, body, dryRun: "All" }).then(
      () => undefined,
      (error: { body?: string; message: string }) => String(error.body ?? error.message),
    );
  }

  it("admits the Pod of the registration Job", async () => {
    // Kubernetes creates the default service account shortly after the namespace.
    let message = await refusal(specOf());
    for (let attempt = 0; attempt < 50 && /serviceaccount .* not found/.test(message ?? ""); attempt++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      message = await refusal(specOf());
    }
    expect(message).toBeUndefined();
    expect(await refusal(specOf({ user: 1000, readOnlyRootFilesystem: false }))).toBeUndefined();
  });

  it.for<[string, (spec: V1PodSpec) => void, RegExp]>([
    ["that runs as root", (spec) => (spec.securityContext = { ...spec.securityContext, runAsUser: 0 }), /runAsUser=0/],
    ["without runAsNonRoot", (spec) => delete spec.securityContext?.runAsNonRoot, /runAsNonRoot != true/],
    ["without a seccomp profile", (spec) => delete spec.securityContext?.seccompProfile, /seccompProfile/],
    [
      "with capabilities",
      (spec) => delete spec.containers[0]?.securityContext?.capabilities,
      /unrestricted capabilities/,
    ],
    [
      "with privilege escalation in an init container",
      (spec) => delete spec.initContainers?.[1]?.securityContext?.allowPrivilegeEscalation,
      /allowPrivilegeEscalation != false \(container \\"register/,
    ],
    [
      "with a hostPath volume",
      (spec) => spec.volumes?.push({ name: "host", hostPath: { path: "/" } }),
      /restricted volume types/,
    ],
    ["in the host network", (spec) => (spec.hostNetwork = true), /host namespaces/],
  ])("rejects a Pod %s", async ([, weaken, expected]) => {
    const spec = structuredClone(specOf());
    weaken(spec);
    const message = await refusal(spec);
    expect(message).toMatch(/violates PodSecurity \\?"restricted/);
    expect(message).toMatch(expected);
  });

  it("rejects a Pod whose admin-tools container is configured to run as root", async () => {
    expect(await refusal(specOf({ user: 0 }))).toMatch(/runAsNonRoot != true \(container \\?"register|runAsUser=0/);
  });

  it("fails with the output of the failed step and succeeds when the next up replaces it", async () => {
    const { smallstep, authority, scim } = test!;
    await scim("POST", "/Users", {
      schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
      userName: "ada",
      active: true,
    });
    await smallstep.query("create role job login password 'the-password-of-the-job'");
    await smallstep.query("grant select (slug, ssh_directory_id), update (ssh_directory_id) on teams to job");
    const secrets = {
      CLIENT_SECRET: "s3cret~of.the~client",
      SCIM_TOKEN: smallstep.directory.token,
      PGPASSWORD: "the-password-of-the-job",
    };
    const metadata = { name: "registration" };
    await core.createNamespacedSecret({ namespace, body: { metadata, stringData: secrets } });
    const data = {
      CA_URL: smallstep.ca.url,
      ROOT_CERT: authority.caPem,
      AUTHORITY_ID: smallstep.team.authorityId,
      UPDATE_VERB: "update",
      PROVISIONER_NAME: "azuread",
      CLIENT_ID: "client",
      CONFIGURATION_ENDPOINT: `${graph!.url}/${graph!.tenantId}/v2.0/.well-known/openid-configuration`,
      TENANT_ID: graph!.tenantId,
      DOMAINS: "corp.com",
      LISTEN_ADDRESS: "127.0.0.1:10000",
      TENANT_URL: `${smallstep.scim.baseUrl}/${smallstep.directory.id}/v2`,
      MINIMUM_USERS: "1",
      WAIT_SECONDS: "5",
      PGHOST: smallstep.database.host,
      PGPORT: String(smallstep.database.port),
      PGDATABASE: "folk",
      PGUSER: "job",
      PGSSLMODE: "verify-full",
      DATABASE_ROOT_CERT: authority.caPem,
      TEAM_SLUG: smallstep.team.slug,
      DIRECTORY_ID: smallstep.directory.id,
      "registration.cjs": jobProgram(),
    };
    await core.createNamespacedConfigMap({ namespace, body: { metadata, data } });
    const job: WireValue = {
      metadata: { name: "registration-1", namespace, annotations: { "pulumi.com/replaceUnready": "true" } },
      spec: { backoffLimit: 0, template: { spec: specOf() } },
    };
    const { inputs } = await engine!.check(Job, job);
    await tool('echo "tried $*"; echo no such authority >&2; exit 7');
    const error = (await engine!.create(Job, inputs).catch((one: unknown) => one)) as Error;
    expect(error.message).toMatch(
      /Job smallstep\/registration-1 was created but did not succeed: \[BackoffLimitExceeded\]/,
    );
    expect(error.message).toMatch(/manage-provisioners ended with exit code 7; last output: .*no such authority/);
    expect(error.message).toContain("The team was not switched, so no user is locked out");
    expect(error.message).toContain("switch-team: skipped because confirm failed");
    for (const secret of Object.values(secrets)) expect(error.message).not.toContain(secret);

    // Like the engine: the diff requires a replacement, and the old Job is deleted first.
    const [bad] = (await batch.listNamespacedJob({ namespace })).items;
    const live = JSON.parse(JSON.stringify(bad)) as WireValue;
    const diff = await engine!.diff(Job, `${namespace}/registration-1`, inputs, live, inputs);
    expect(diff).toMatchObject({ replaces: ["metadata"], deleteBeforeReplace: true });
    await engine!.delete(Job, `${namespace}/registration-1`, inputs, live);
    await tool(`exec ${path.join(smallstep.image.path[0] ?? "", "manage-provisioners")} "$@"`);
    const again = await engine!.create(Job, inputs);
    expect(again.outputs["status"]).toMatchObject({ succeeded: 1 });
    const rows = await smallstep.query("select ssh_directory_id::text as id from teams where slug = $1", [
      smallstep.team.slug,
    ]);
    expect(rows).toEqual([{ id: smallstep.directory.id }]);
    const [pod] = (await core.listNamespacedPod({ namespace })).items;
    expect(pod?.spec?.volumes?.map(({ name }) => name)).toEqual(["work", "program"]);
  });
});
