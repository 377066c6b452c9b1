import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EngineEvent } from "@pulumi/pulumi/automation";
import { startGitHub, type GitHubStandIn } from "../test/scmStubs/github";
import { readChanges } from "../engine/changes";
import { mappingsType as type, diagnostic, step } from "../test/events";
import { hasDrift, driftFingerprint } from "./report";
import { driftCommand } from "../commands/drift";
import { run } from "../test/terminal";

const inputs = (source: string) => ({ mappings: { userName: { source } } });
const changed = (source: string): EngineEvent =>
  step({
    op: "update",
    type,
    name: "smallstep-usersync",
    old: inputs("mail"),
    now: inputs(source),
    diff: { "mappings.userName.source": { diffKind: "update", inputDiff: true } },
  });
const same = step({ op: "same", type, name: "other", old: {}, now: {} });
const deleteStep = step({
  op: "delete",
  type: "azuread:index/group:Group",
  name: "access-ssh",
  old: { displayName: "ssh" },
});
/** A change in properties that only the service computes. */
const computed = step({ op: "update", type, name: "counts", old: {}, now: {}, diff: {} });

let github: GitHubStandIn;
let dir: string;
beforeEach(async () => {
  github = await startGitHub();
  dir = await mkdtemp(path.join(tmpdir(), "drift-"));
});
afterEach(async () => {
  await github.close();
  await rm(dir, { recursive: true, force: true });
});

function ran(events: EngineEvent[], options: { args?: string[]; failed?: boolean } = {}) {
  const env = {
    GITHUB_TOKEN: github.token,
    GITHUB_REPOSITORY: github.repository,
    GITHUB_API_URL: github.url,
    GITHUB_SERVER_URL: "https://github.example",
    GITHUB_RUN_ID: "42",
    GITHUB_STEP_SUMMARY: path.join(dir, "summary.md"),
  };
  const preview = () => Promise.resolve({ events, failed: options.failed ?? false });
  return run((context) => driftCommand(context, preview), ["--stack", "dev", ...(options.args ?? [])], { env });
}
const post = { args: ["--post", "github"] };

describe("npm run drift", () => {
  it("reports no drift when only computed properties differ", async () => {
    expect(await ran([same, computed])).toMatchObject({
      code: 0,
      out: "No drift: 1 resources of the stack dev are as deployed.\n",
    });
  });

  it("reports changed and deleted resources, with the plugin's messages about them first", async () => {
    const warning = diagnostic("warning", "mappings.userName was changed outside of this program.", {
      type,
      name: "smallstep-usersync",
    });
    const { code, out } = await ran([
      changed("upn"),
      deleteStep,
      same,
      warning,
      diagnostic("warning", "Something else."),
    ]);
    expect(code).toBe(20);
    expect(out).toBe(
      [
        "### Drift of `dev`: 2 resources are not as deployed",
        "",
        "- `smallstep-usersync`: mappings.userName was changed outside of this program.",
        "",
        "|  | resource | type | changes |",
        "| --- | --- | --- | --- |",
        "| deleted | `access-ssh` | azuread Group | `ssh` |",
        "| changed | `smallstep-usersync` | usersync entra.AttributeMappings | `mappings.userName.source`: `mail` → `upn` |",
        "",
        "`recorded → found`. `pulumi up --refresh` restores the recorded values. To keep a found value, put it into the configuration or the program.",
        "",
        "<details>",
        "<summary>1 further message</summary>",
        "",
        "- Something else.",
        "",
        "</details>",
        "",
        "<sub>[run](https://github.example/acme/ssh/actions/runs/42)</sub>",
        "",
      ].join("\n"),
    );
    expect(await readFile(path.join(dir, "summary.md"), "utf8")).toContain("### Drift of `dev`");
  });

  it("reports an error of several resources once, with their names", async () => {
    const text = "Entra ID issued no token: AADSTS7000215: Invalid client secret provided.";
    const errors = Array.from({ length: 30 }, (_, n) => diagnostic("error", text, { type, name: `r${n}` }));
    const { code, err } = await ran([...errors, diagnostic("error", "other")], { failed: true });
    expect(code).toBe(2);
    expect(err).toMatch(/^r0, r1, .*, r19, and 10 more \(30 in total\): Entra ID issued no token: [^\n]*\nother\n$/);
  });

  it("escapes names and messages that act on a terminal or a pipeline", async () => {
    const name = "##vso[task.setvariable variable=x]\u001b[2J\u202e\n::add-mask::x";
    const hostile = step({ op: "delete", type, name, old: { displayName: name } });
    const found = await ran([hostile, diagnostic("warning", `a\n${name}`)]);
    const failed = await ran([diagnostic("error", `a\n${name}`)], { failed: true });
    expect([found.code, failed.code]).toEqual([20, 2]);
    for (const text of [found.out, failed.err]) {
      expect(text).toContain("task.setvariable");
      expect(text).not.toMatch(/##(vso)?\[|^\s*::|\u202e/im);
      expect(text).not.toContain("\u001b");
    }
  });

  it("opens one issue, adds a comment for new drift, closes it without drift, and opens a new one later", async () => {
    expect((await ran([changed("upn")], post)).err).toBe("issue #1 opened\n");
    expect((await ran([changed("upn")], post)).err).toBe("issue #1 is up to date\n");
    expect((await ran([changed("id")], post)).err).toBe("issue #1 updated\n");
    expect(github.issues.get(1)?.comments).toHaveLength(1);
    expect(await ran([same], post)).toMatchObject({ code: 0, err: "closed issue #1\n" });
    expect((await ran([changed("upn")], post)).err).toBe("issue #2 opened\n");
  });

  it("leaves the issue unchanged when the refresh fails", async () => {
    await ran([changed("upn")], post);
    const before = github.requests.length;
    const failure = diagnostic("error", "Microsoft Graph does not allow this.", { type, name: "smallstep-usersync" });
    expect(await ran([failure], { ...post, failed: true })).toMatchObject({
      code: 2,
      out: "",
      err: "smallstep-usersync: Microsoft Graph does not allow this.\n",
    });
    expect(github.requests.slice(before)).toEqual([]);
    expect(github.issues.get(1)?.state).toBe("open");
  });

  it("shortens the report to the length limit of an issue when 3,000 resources have drifted", async () => {
    const many = Array.from({ length: 3000 }, (_, n) =>
      step({ op: "delete", type, name: `r${n}`, old: { displayName: "x".repeat(200) } }),
    );
    expect((await ran(many, post)).err).toBe("issue #1 opened\n");
    expect(github.issues.get(1)?.body.length).toBeLessThan(64_000);
    expect(github.issues.get(1)?.body).toContain("3,000 resources are not as deployed");
  });
});

it("computes the same fingerprint for the same drift in any order, and another one for different drift", () => {
  const print = (events: EngineEvent[]) => driftFingerprint(hasDrift(readChanges(events)));
  expect(print([changed("a"), deleteStep])).toBe(print([deleteStep, changed("a")]));
  expect(new Set([print([changed("a")]), print([changed("b")]), print([deleteStep]), print([])]).size).toBe(4);
});
