import { execFile, execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { LocalWorkspace } from "@pulumi/pulumi/automation";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { parse } from "yaml";
import { findEngine } from "@smallstep-ssh/sandbox";

const root = path.join(__dirname, "../..");
const read = (file: string) => readFileSync(path.join(root, file), "utf8");
const parsed = (file: string) => parse(read(file)) as Record<string, never>;

interface Command {
  text: string;
  folder?: string | undefined;
}

/** The commands of the job that previews, without the checkouts and the setup. */
const pipelines: Record<string, () => Command[]> = {
  "GitHub Actions": () => {
    const { jobs } = parsed(".github/workflows/preview.yml") as unknown as {
      jobs: Record<string, { steps: { run?: string; "working-directory"?: string }[] }>;
    };
    const steps = jobs["preview"]?.steps ?? [];
    return steps.flatMap(({ run, "working-directory": folder }) => (run === undefined ? [] : [{ text: run, folder }]));
  },
  "Azure Pipelines": () => {
    const { jobs } = parsed("tools/azure-pipelines/preview.yml") as unknown as {
      jobs: Record<
        string,
        { steps: { script?: string; workingDirectory?: string; parameters?: { command?: string } }[] }[]
      >[];
    };
    const [preview] = Object.values(jobs[0] ?? {})[0] ?? [];
    const commands = (preview?.steps ?? []).map(({ script, workingDirectory, parameters }) => ({
      text: script ?? parameters?.command ?? "",
      folder: workingDirectory,
    }));
    return commands.filter(({ text }) => text !== "" && !text.startsWith("git "));
  },
};

let missing: string | undefined;
/** The checkout of the base branch. The pull request's is a folder in it. */
let base = "";
const inBase = (...names: string[]) => path.join(base, ...names);
/** What the pull request would change. */
const change = (text: string) => text.replace("scim.smallstep.dev.example", "scim.attacker.example");
let trusted = "";

beforeAll(async () => {
  const engine = await findEngine();
  if (typeof engine === "string") return void (missing = engine);
  base = mkdtempSync(path.join(tmpdir(), "destinations-"));
  for (const name of ["state", "bin", "pull-request"]) mkdirSync(inBase(name));
  for (const name of ["package.json", "Pulumi.yaml"]) cpSync(path.join(root, name), inBase(name));
  cpSync(path.join(root, "Pulumi.example.yaml"), inBase("Pulumi.dev.yaml"));
  for (const name of ["node_modules", "packages"]) symlinkSync(path.join(root, name), inBase(name));
  // Runs the comparison, and only records the commands that would run the pull request's code.
  const npm = execFileSync("which", ["npm"], { encoding: "utf8" }).trim();
  const record = `echo "$*" >> "${inBase("recorded")}"`;
  const script = `#!/bin/sh\ncase "$*" in *" destinations "*) exec "${npm}" "$@" ;; esac\n${record}\n`;
  writeFileSync(inBase("bin/npm"), script, { mode: 0o755 });
  const folders = [inBase("bin"), path.dirname(engine.command.command), process.env["PATH"]];
  vi.stubEnv("PATH", folders.join(path.delimiter));
  vi.stubEnv("PULUMI_HOME", inBase("home"));
  vi.stubEnv("PULUMI_SKIP_UPDATE_CHECK", "true");
  vi.stubEnv("PULUMI_BACKEND_URL", `file://${inBase("state")}`);
  vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", "passphrase");
  execFileSync("pulumi", ["stack", "init", "dev"], { cwd: base, stdio: "ignore" });
  execFileSync("pulumi", ["config", "set", "--secret", "--path", "scim.token", "canary-token"], { cwd: base });
  trusted = readFileSync(inBase("Pulumi.dev.yaml"), "utf8");
});
beforeEach(({ skip }) => {
  if (missing !== undefined) skip(missing);
});
afterAll(() => {
  vi.unstubAllEnvs();
  if (base !== "") rmSync(base, { recursive: true, force: true });
});

/** Runs the commands until one fails, as a job does. Returns the commands that would run the pull request's code, and the report. */
async function runJob(commands: readonly Command[], files: { base: string; head: string }) {
  writeFileSync(inBase("Pulumi.dev.yaml"), files.base);
  cpSync(inBase("Pulumi.yaml"), inBase("pull-request/Pulumi.yaml"));
  writeFileSync(inBase("pull-request/Pulumi.dev.yaml"), files.head);
  writeFileSync(inBase("recorded"), "");
  writeFileSync(inBase("preview.md"), "");
  const expand = (text: string) =>
    text.replaceAll(/\$\((Agent\.TempDirectory|Build\.ArtifactStagingDirectory)\)/g, base);
  let code = 0;
  for (const { text, folder = "." } of commands) {
    const options = { cwd: path.resolve(base, expand(folder)), env: { ...process.env, STACK: "dev" } };
    try {
      await promisify(execFile)("bash", ["-e", "-c", expand(text)], options);
    } catch (error) {
      code = (error as { code: number }).code;
      break;
    }
  }
  const recorded = readFileSync(inBase("recorded"), "utf8").split("\n").filter(Boolean);
  return { code, recorded, report: readFileSync(inBase("preview.md"), "utf8") };
}

async function deploy(file: string, program = () => Promise.resolve()): Promise<void> {
  writeFileSync(inBase("Pulumi.dev.yaml"), file);
  const given = { stackName: "dev", projectName: "smallstep-ssh-azuread", program };
  await (await LocalWorkspace.selectStack(given, { workDir: base })).up();
}

const all = [
  "ci --omit=dev --ignore-scripts",
  "run build",
  expect.stringMatching(/^run --silent preview:comment -- --stack dev --output .*preview\.md$/),
];

describe("A preview of a stack that was never deployed", () => {
  it.each(Object.entries(pipelines))(
    "runs the pull request's code in %s only if its files send credentials where the base branch's do",
    async (_, commandsOf) => {
      const commands = commandsOf();
      expect(await runJob(commands, { base: trusted, head: trusted })).toEqual({ code: 0, recorded: all, report: "" });
      const withheld = await runJob(commands, { base: trusted, head: change(trusted) });
      expect(withheld).toMatchObject({ code: 20, recorded: [] });
      expect(withheld.report).toContain("differ from the base branch:\n\n- `scim.baseUrl`\n");
    },
  );
});

describe("A preview of a deployed stack", () => {
  it.each(Object.entries(pipelines))(
    "runs the pull request's code in %s only if the last successful deployment has the same destinations",
    async (_, commandsOf) => {
      const commands = commandsOf();
      await deploy(trusted);
      await expect(deploy(change(trusted), () => Promise.reject(new Error("fails")))).rejects.toThrow("fails");
      expect(await runJob(commands, { base: trusted, head: trusted })).toEqual({ code: 0, recorded: all, report: "" });
      const changed = { base: change(trusted), head: change(trusted) };
      const withheld = await runJob(commands, changed);
      expect(withheld).toMatchObject({ code: 20, recorded: [] });
      expect(withheld.report).toContain("differ from the last deployment:\n\n- `scim.baseUrl`\n");
      await deploy(change(trusted));
      expect(await runJob(commands, changed)).toEqual({ code: 0, recorded: all, report: "" });
    },
  );
});
