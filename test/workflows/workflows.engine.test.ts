import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { engineVersion } from "@smallstep-ssh/sandbox";
import { actionlint, azurePipelinesSchema } from "./tools";

const root = path.join(__dirname, "../..");
const yamlIn = (folder: string) =>
  readdirSync(path.join(root, folder))
    .filter((name) => name.endsWith(".yml"))
    .map((name) => path.join(folder, name));
const read = (file: string) => readFileSync(path.join(root, file), "utf8");

interface Step {
  uses?: string;
  run?: string;
  if?: string;
  with?: Record<string, unknown>;
  "working-directory"?: string;
}
interface Job {
  "runs-on"?: string;
  concurrency?: { group: string; "cancel-in-progress": boolean };
  uses?: string;
  if?: string;
  environment?: string;
  permissions?: Record<string, string>;
  "timeout-minutes"?: number;
  steps?: Step[];
}
interface Workflow {
  on: Record<string, unknown>;
  permissions?: Record<string, string>;
  jobs: Record<string, Job>;
}

const workflows = yamlIn(".github/workflows");
const action = ".github/actions/setup/action.yml";
const jobs = workflows.flatMap((file) =>
  Object.entries((parse(read(file)) as Workflow).jobs).map(([name, job]) => ({
    name: `${path.basename(file)} ${name}`,
    job,
  })),
);
const signedIn = jobs.filter(({ job }) => job.permissions?.["id-token"] === "write" && job.uses === undefined);

describe("GitHub Actions workflows", () => {
  it("lists exactly the expected workflows and signed-in jobs", () => {
    expect(workflows.map((file) => path.basename(file)).sort()).toEqual([
      "deploy-stack.yml",
      "deploy.yml",
      "drift.yml",
      "preview.yml",
      "verify.yml",
    ]);
    expect(signedIn.map(({ name }) => name).sort()).toEqual([
      "deploy-stack.yml up",
      "drift.yml drift",
      "preview.yml preview",
    ]);
  });

  it("passes actionlint in every workflow", { timeout: 300_000 }, async (context) => {
    const lint = await actionlint();
    if (typeof lint === "string") return context.skip(lint);
    expect(await lint(workflows.map((file) => path.join(root, file)))).toBe("");
    const dir = await mkdtemp(path.join(tmpdir(), "actionlint-"));
    try {
      const wrong = path.join(dir, "wrong.yml");
      await writeFile(
        wrong,
        (await readFile(path.join(root, ".github/workflows/drift.yml"), "utf8")).replace("steps:", "step:"),
      );
      expect(await lint([wrong])).toContain('unexpected key "step"');
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });

  it.each([...workflows, action])(
    "pins third-party actions in %s to a commit with the version in a comment",
    (file) => {
      const uses = read(file).match(/uses: .*/g) ?? [];
      for (const line of uses.filter((one) => !one.includes("uses: ./"))) {
        expect(line).toMatch(/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
      }
    },
  );

  it.each([...workflows, action])("uses no secret and runs no untrusted text in %s", (file) => {
    const text = read(file);
    expect(text).not.toMatch(/secrets\.|secrets:|pull_request_target|workflow_run/);
    const commands = [...text.matchAll(/run: (?:\|\n((?: {8,}.*\n)+)|(.*))/g)].map(
      ([, block, line]) => block ?? line ?? "",
    );
    expect(commands.length).toBeGreaterThan(file.endsWith("deploy.yml") ? -1 : 0);
    for (const command of commands) expect(command).not.toContain("${{");
  });

  it.each([
    ".github/workflows/deploy-stack.yml",
    ".github/workflows/drift.yml",
    ".github/workflows/preview.yml",
    action,
  ])(
    "runs no install script of a dependency and restores no cache in %s, which runs with credentials or write access",
    (file) => {
      const text = read(file);
      for (const [, command] of text.matchAll(/(npm ci.*)/g)) expect(command).toContain("--ignore-scripts");
      const caches = text.match(/package-manager-cache: .*/g) ?? [];
      expect(caches).toEqual(
        (text.match(/uses: actions\/setup-node@/g) ?? []).map(() => "package-manager-cache: false"),
      );
      expect(text).not.toMatch(/cache: npm|actions\/cache/);
    },
  );

  it("stops commands in the output of the engine, which prints names of the tenant", () => {
    const { jobs } = parse(read(".github/workflows/deploy-stack.yml")) as Workflow;
    const up = jobs["up"]?.steps?.find(({ run }) => run?.includes("pulumi up") === true);
    expect(up?.run).toMatch(/^echo "::stop-commands::\$\(cat \/proc\/sys\/kernel\/random\/uuid\)"\npulumi up /);
  });

  it("lets no deployment of one stack wait for an approval of another", () => {
    const { jobs } = parse(read(".github/workflows/deploy-stack.yml")) as Workflow;
    expect(jobs["up"]?.concurrency).toEqual({ group: "deploy-${{ inputs.stack }}", "cancel-in-progress": false });
    expect(read(".github/workflows/deploy.yml")).not.toContain("concurrency");
  });

  it.each(signedIn)(
    "fails in job $name if its environment sets the variable RUNNER, which has no effect",
    ({ job }) => {
      expect(job["runs-on"]).toBe("${{ matrix.runner }}");
      const setup = job.steps?.find(({ uses }) => uses === "./.github/actions/setup");
      expect(setup?.with).toMatchObject({
        runner: "${{ matrix.runner }}",
        "runner-of-environment": "${{ vars.RUNNER }}",
      });
      const { runs } = parse(read(action)) as { runs: { steps: Step[] } };
      expect(runs.steps[0]?.if).toBe(
        "${{ inputs.runner-of-environment != '' && inputs.runner-of-environment != inputs.runner }}",
      );
      expect(runs.steps[0]?.run).toContain("exit 1");
    },
  );

  it.each(workflows)("grants no workflow-level permission in %s", (file) => {
    expect((parse(read(file)) as Workflow).permissions).toEqual({});
  });

  it.each(jobs)("sets permissions and a time limit for job $name", ({ job }) => {
    expect(job.permissions).toBeDefined();
    if (job.uses === undefined) expect(job["timeout-minutes"]).toBeGreaterThan(0);
    for (const { uses, with: given } of job.steps ?? []) {
      if (uses?.startsWith("actions/checkout@") === true) expect(given?.["persist-credentials"]).toBe(false);
    }
  });

  it.each(signedIn)(
    "signs in job $name only in an environment and without write access to code or pull requests",
    ({ job }) => {
      expect(job.environment).toBeTruthy();
      expect(job.permissions).not.toHaveProperty("pull-requests");
      expect(job.permissions?.["contents"]).toBe("read");
    },
  );

  it("skips the preview for forks and Dependabot and never runs pull request code in the comment job", () => {
    const { jobs } = parse(read(".github/workflows/preview.yml")) as Workflow;
    expect(jobs["preview"]?.if).toContain("head.repo.full_name == github.repository");
    expect(jobs["preview"]?.if).toContain("!= 'dependabot[bot]'");
    const comment = jobs["comment"];
    expect(comment?.permissions).toEqual({ contents: "read", "pull-requests": "write" });
    const checkout = comment?.steps?.find(({ uses }) => uses?.startsWith("actions/checkout@"));
    expect(checkout?.with?.["ref"]).toBe("${{ github.event.pull_request.base.sha }}");
    expect(comment?.steps?.some(({ run }) => run === "npm ci --omit=dev --ignore-scripts")).toBe(true);
  });

  it("runs only the base branch's code in the preview job before it has compared the destinations", () => {
    const { jobs } = parse(read(".github/workflows/preview.yml")) as Workflow;
    const steps = jobs["preview"]?.steps ?? [];
    const compare = steps.findIndex(({ run }) => run?.includes(" destinations ") === true);
    expect(Object.keys(steps[compare] ?? {})).toEqual(["run"]);
    const [base, head, ...others] = steps.slice(0, compare);
    expect(base?.with).toEqual({ ref: "${{ github.base_ref }}", "persist-credentials": false });
    expect(head?.with).toEqual({ ref: "${{ github.sha }}", path: "pull-request", "persist-credentials": false });
    expect(others.map(({ uses }) => uses)).toEqual(["./.github/actions/setup"]);
    const later = steps.slice(compare + 1).filter(({ run }) => run !== undefined);
    for (const step of later) expect(step).toEqual({ run: step.run, "working-directory": "pull-request" });
    expect(later).toHaveLength(3);
  });

  it("runs only npm scripts that exist, with the engine version of the tests", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const pipelines = [...yamlIn("tools/azure-pipelines"), ...yamlIn("tools/azure-pipelines/templates")];
    const text = [...workflows, action, ...pipelines].map(read).join("\n");
    const called = [...text.matchAll(/npm run (?:--silent )?([\w:]+)/g)].map(([, name = ""]) => name);
    expect(new Set(called)).toEqual(new Set(["build", "destinations", "preview:comment", "drift", "verify"]));
    for (const name of called) expect(scripts).toHaveProperty([name]);
    expect(read(action)).toContain(`pulumi-version: ${engineVersion}`);
    expect(read("tools/azure-pipelines/templates/setup.yml")).toContain(`default: ${engineVersion}`);
  });
});

/**
 * Expands a pipeline as the service does: unrolls each template loop once, takes each condition as true, inserts parameters, and
 * converts scalars to strings except in task inputs.
 */
function expanded(value: unknown, typed = false): unknown {
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown) => {
      const [key, body] = typeof item === "object" && item !== null ? (Object.entries(item)[0] ?? []) : [];
      return /^\$\{\{ (each|if) /.test(key ?? "") ? expanded(body) : [expanded(item, typed)];
    });
  }
  if (typeof value === "object" && value !== null) {
    // The published schema knows `target` for scripts only. The service's reference has it for tasks too.
    const given = "task" in value ? { ...value, target: undefined } : value;
    return Object.fromEntries(
      Object.entries(given).flatMap(([key, inner]: [string, unknown]): [string, unknown][] =>
        key.startsWith("${{ if ")
          ? Object.entries(expanded(inner, typed) as Record<string, unknown>)
          : [[key, expanded(inner, typed || key === "inputs")]],
      ),
    );
  }
  if (value === undefined) return undefined;
  const text = String(value).replace(/\$\{\{ (?:parameters\.)?(\w+) \}\}/g, "$1");
  return typed && /^(true|false)$/.test(text) ? text === "true" : text;
}

describe("Azure DevOps pipelines", () => {
  const pipelines = yamlIn("tools/azure-pipelines");
  const files = [...pipelines, ...yamlIn("tools/azure-pipelines/templates")];

  it("conforms to the published schema in every pipeline", { timeout: 200_000 }, async (context) => {
    const lint = await azurePipelinesSchema();
    if (typeof lint === "string") return context.skip(lint);
    const dir = await mkdtemp(path.join(tmpdir(), "pipelines-"));
    try {
      const written = files.map((file, index) => ({ file: path.join(dir, `${index}.json`), from: file }));
      for (const { file, from } of written) {
        await writeFile(file, JSON.stringify(expanded(parse(read(from), { schema: "failsafe" }))));
      }
      expect(await lint(written.map(({ file }) => file))).toBe("");
      const wrong = path.join(dir, "wrong.json");
      await writeFile(wrong, JSON.stringify({ jobs: [{ job: "a", step: [] }] }));
      expect(await lint([wrong])).not.toBe("");
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });

  it.each(pipelines)("references only existing templates and parameters in %s", (file) => {
    const text = read(file);
    const templates = [...text.matchAll(/- template: (\S+)(?:\n\s+parameters:\n((?:\s+(?:#.*|\w+: .*)\n?)+))?/g)];
    expect(templates.length).toBeGreaterThan(1);
    for (const [, template = "", given = ""] of templates) {
      const { parameters } = parse(read(path.join("tools/azure-pipelines", template))) as {
        parameters: { name: string; default?: unknown }[];
      };
      const names = [...given.matchAll(/^\s+(\w+): /gm)].map(([, name]) => name);
      for (const name of names) expect(parameters.map((one) => one.name)).toContain(name);
      for (const { name } of parameters.filter((one) => one.default === undefined)) expect(names).toContain(name);
    }
  });

  it("contains no secret, signs in by federation and sets a time limit in every pipeline", () => {
    for (const file of pipelines) {
      const text = read(file);
      expect(text).toContain("timeoutInMinutes: ");
      expect(text).not.toMatch(/clientSecret|CLIENT_SECRET|PASSPHRASE/);
      expect(text).toMatch(/serviceConnection: smallstep-ssh-(preview|deploy|drift)-\$\{\{ stack \}\}/);
    }
    expect(read("tools/azure-pipelines/preview.yml")).toContain("ne(variables['System.PullRequest.IsFork'], 'True')");
  });

  it("runs only the target branch's code in the preview job before it has compared the destinations", () => {
    const text = read("tools/azure-pipelines/preview.yml");
    const setup = read("tools/azure-pipelines/templates/setup.yml");
    expect(setup.indexOf("git checkout --detach")).toBeGreaterThan(0);
    expect(setup.indexOf("git checkout --detach")).toBeLessThan(setup.indexOf("npm ci"));
    const order = ["templates/setup.yml", "targetBranch: true", "git worktree add", " destinations ", "npm ci", 'cd "'];
    const at = order.map((part) => text.indexOf(part));
    expect(at).toEqual([...at].sort((a, b) => a - b));
    expect(at[0]).toBeGreaterThan(0);
    expect(text).not.toContain("continueOnError");
  });

  it("gives the token that can write only to code of the target branch", () => {
    expect(read("tools/azure-pipelines/preview.yml")).not.toMatch(/accessToken|SYSTEM_ACCESSTOKEN|--post/);
    const comment = read("tools/azure-pipelines/templates/comment.yml");
    expect(comment.indexOf("git checkout --detach")).toBeGreaterThan(0);
    expect(comment.indexOf("git checkout --detach")).toBeLessThan(comment.indexOf("npm ci"));
    expect(comment).not.toContain("AzureCLI");
  });

  it("ignores logging commands in the output of every step that prints names of the tenant", () => {
    const templates = ["run", "comment"].map((name) => `tools/azure-pipelines/templates/${name}.yml`);
    for (const file of templates) {
      const { steps } = parse(read(file)) as { steps: { displayName?: string; target?: unknown; env?: unknown }[] };
      const printing = steps.filter(({ env }) => env !== undefined);
      expect(printing).toHaveLength(1);
      expect(printing[0]?.target).toEqual({ commands: "restricted", settableVariables: "none" });
    }
  });

  it("checks the checksum of the Pulumi CLI and runs no install script", () => {
    const setup = read("tools/azure-pipelines/templates/setup.yml");
    expect(setup).toContain("sha256sum --check");
    expect(setup).not.toMatch(/\| *(ba)?sh\b/);
    for (const file of files) {
      for (const [, command] of read(file).matchAll(/(npm ci.*)/g)) expect(command).toContain("--ignore-scripts");
    }
  });
});
