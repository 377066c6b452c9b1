import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { request, type RequestOptions } from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import {
  engineVersion,
  startCluster,
  type Cluster,
  freePort,
  loadKubeconfig,
  findEngine,
  controlPlaneProblem,
} from "@smallstep-ssh/sandbox";

const root = path.join(__dirname, "../..");
const namespace = "smallstep-ssh";

interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
  spec?: Record<string, unknown>;
}
interface Answer {
  status: number;
  body: { message?: string; status?: { conditions?: { type: string; status: string }[] } };
}

function documents(file: string): KubernetesObject[] {
  const parsed = parseAllDocuments(readFileSync(path.join(root, file), "utf8"));
  expect(parsed.flatMap(({ errors }) => errors)).toEqual([]);
  return parsed.map((document) => document.toJS() as KubernetesObject | null).filter((object) => object !== null);
}

function filesIn(folder: string): string[] {
  return readdirSync(path.join(root, folder)).map((name) => `${folder}/${name}`);
}

let dir = "";
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "examples-"));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

describe("examples of the Pulumi Kubernetes Operator, with a real API server", () => {
  let missing: string | undefined;
  let cluster: Cluster;

  beforeAll(async () => {
    missing = await controlPlaneProblem();
    if (missing !== undefined) return;
    cluster = await startCluster({ dir: path.join(dir, "kubernetes"), progress: () => undefined });
    const [crd] = documents("test/examples/stackCrd.yaml");
    await create({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }, false);
    expect((await create(crd!, false)).status).toBe(201);
    const at = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${crd!.metadata.name}`;
    const established = async () =>
      ((await call("GET", at)).body.status?.conditions ?? []).some(
        ({ type, status }) => type === "Established" && status === "True",
      );
    while (!(await established())) await new Promise((resolve) => setTimeout(resolve, 100));
  }, 120_000);
  afterAll(() => cluster?.close());

  function call(method: string, at: string, body?: unknown): Promise<Answer> {
    const config = loadKubeconfig(cluster.kubeconfigPath);
    return new Promise((resolve, reject) => {
      const options: RequestOptions = { method, headers: { "content-type": "application/json" } };
      void config.applyToHTTPSOptions(options).then(() => {
        const sent = request(`${config.getCurrentCluster()!.server}${at}`, options, (response) => {
          let text = "";
          response.setEncoding("utf8").on("data", (part: string) => (text += part));
          response.on("end", () =>
            resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) as Answer["body"] }),
          );
        });
        sent.on("error", reject);
        sent.end(body === undefined ? undefined : JSON.stringify(body));
      }, reject);
    });
  }

  /**
   * Creates an object as `kubectl create --validate=strict` does, by default with `--dry-run=server`. The server
   * rejects unknown fields.
   */
  function create(object: KubernetesObject, dryRun = true): Promise<Answer> {
    const group = object.apiVersion === "v1" ? "/api/v1" : `/apis/${object.apiVersion}`;
    const own = object.metadata.namespace === undefined ? "" : `/namespaces/${object.metadata.namespace}`;
    const query = `?fieldValidation=Strict${dryRun ? "&dryRun=All" : ""}`;
    return call("POST", `${group}${own}/${object.kind.toLowerCase()}s${query}`, object);
  }

  it.for(filesIn("examples/operator"))("accepts every object of %s", async (file, context) => {
    if (missing !== undefined) return context.skip(missing);
    const objects = documents(file);
    expect(objects.length).toBeGreaterThan(0);
    // The namespace exists already: the server could not accept the others in a dry run without it.
    for (const object of objects.filter(({ kind }) => kind !== "Namespace")) {
      const { status, body } = await create(object);
      expect([object.metadata.name, status, body.message]).toEqual([object.metadata.name, 201, undefined]);
    }
  });

  it("accepts the Pod templates of the workspaces as Pods", async (context) => {
    if (missing !== undefined) return context.skip(missing);
    let seen = 0;
    for (const stack of filesIn("examples/operator").flatMap(documents)) {
      if (stack.kind !== "Stack") continue;
      const { workspaceTemplate } = stack.spec as { workspaceTemplate: { spec: WorkspaceSpec } };
      const { image, podTemplate } = workspaceTemplate.spec;
      expect(image).toBe(`pulumi/pulumi-nodejs-22:${engineVersion}-nonroot`);
      if (podTemplate === undefined) continue;
      const containers = podTemplate.spec.containers.map((container) => ({ image, ...container }));
      const metadata = { name: "workspace", namespace: "default" };
      const pod = { apiVersion: "v1", kind: "Pod", metadata, spec: { ...podTemplate.spec, containers } };
      expect((await create(pod)).status).toBe(201);
      seen++;
    }
    expect(seen).toBeGreaterThan(0);
  });

  it("rejects a Stack with a misspelt or missing field", async (context) => {
    if (missing !== undefined) return context.skip(missing);
    const stack = documents("examples/operator/pulumi-cloud.yaml")[0]!;
    const misspelt = await create({ ...stack, spec: { ...stack.spec, destroyOnFinalise: true } });
    expect(misspelt.body.message).toMatch(/unknown field "spec\.destroyOnFinalise"/);
    const { stack: _, ...unnamed } = stack.spec!;
    expect((await create({ ...stack, spec: unnamed })).body.message).toMatch(/spec\.stack: Required value/);
  });
});

interface WorkspaceSpec {
  image: string;
  podTemplate?: { spec: { containers: object[] } };
}

describe("examples of the operator", () => {
  const stacks = filesIn("examples/operator")
    .flatMap(documents)
    .filter(({ kind }) => kind === "Stack");

  it("contain no secret, use one service account and set destroyOnFinalize to false", () => {
    const account = documents("examples/operator/access.yaml").find(({ kind }) => kind === "ServiceAccount");
    expect(stacks.length).toBeGreaterThan(2);
    // The account can read every Secret in its namespace, so this is not the namespace of the Smallstep installation.
    expect(account!.metadata.namespace).toBe(namespace);
    for (const { metadata, spec } of stacks) {
      expect(metadata.namespace).toBe(account!.metadata.namespace);
      expect(spec).toMatchObject({ serviceAccountName: account!.metadata.name, destroyOnFinalize: false });
      const variables = Object.entries(spec!["envRefs"] as Record<string, { type: string }>);
      const open = variables.filter(([, { type }]) => type === "Literal").map(([name]) => name);
      for (const name of open) expect(name).toMatch(/^ARM_(USE_OIDC|OIDC_TOKEN_FILE_PATH|CLIENT_ID)$/);
    }
  });

  it("list only existing stacks as prerequisites", () => {
    const names = stacks.map(({ metadata }) => metadata.name);
    for (const { spec } of stacks) {
      for (const { name } of (spec!["prerequisites"] ?? []) as { name: string }[]) expect(names).toContain(name);
    }
  });
});

describe("examples of state backends, with the real engine", () => {
  const urlOf = (file: string) =>
    (parse(readFileSync(path.join(root, "examples/backends", file), "utf8")) as { backend: { url: string } }).backend
      .url;
  // Each URL is redirected to a local port on which no process listens.
  const elsewhere: Record<string, (url: string, port: number) => string> = {
    "pulumi-cloud.yaml": (_url, port) => `https://127.0.0.1:${port}`,
    "s3.yaml": (url, port) => `${url}&endpoint=http://127.0.0.1:${port}&s3ForcePathStyle=true`,
    "azure-blob.yaml": (url, port) => `${url}&domain=127.0.0.1:${port}&protocol=http&localemu=true`,
    "file.yaml": () => `file://${path.join(dir)}`,
  };
  const answers: Record<string, RegExp> = {
    "pulumi-cloud.yaml": /connection refused|refused/,
    "s3.yaml": /S3: GetObject.*connection refused/,
    "azure-blob.yaml": /\.pulumi\/meta\.yaml.*(not permitted for non[- ]TLS|connection refused)/,
    "file.yaml": /Logged in to/,
  };

  it.for(readdirSync(path.join(root, "examples/backends")))("recognizes the backend of %s", async (file, context) => {
    const engine = await findEngine();
    if (typeof engine === "string") return context.skip(engine);
    const output = await logIn(engine.command.command, elsewhere[file]!(urlOf(file), await freePort()));
    expect(output).toMatch(answers[file]!);
    expect(output).not.toMatch(/unknown backend/);
  });

  it("rejects a backend with an unknown URL scheme", async (context) => {
    const engine = await findEngine();
    if (typeof engine === "string") return context.skip(engine);
    expect(await logIn(engine.command.command, "gopher://state")).toMatch(/unknown backend/);
  });

  function logIn(pulumi: string, url: string): Promise<string> {
    const env = {
      PATH: process.env["PATH"],
      HOME: dir,
      PULUMI_HOME: path.join(dir, "home"),
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_ACCESS_TOKEN: "pul-0000000000000000000000000000000000000000",
      AWS_ACCESS_KEY_ID: "nobody",
      AWS_SECRET_ACCESS_KEY: "nothing",
      AZURE_STORAGE_KEY: "bm90aGluZw==",
    };
    return new Promise((resolve) =>
      execFile(pulumi, ["login", "--non-interactive", url], { env, cwd: dir }, (_error, stdout, stderr) =>
        resolve(stdout + stderr),
      ),
    );
  }
});
