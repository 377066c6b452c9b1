import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compile, createReport } from "entra-mappings";
import { startGitHub, type GitHubStandIn } from "../test/scmStubs/github";
import { mappingsType as type, diagnostic, step } from "../test/events";
import { htmlComment } from "../scm/codeHost";
import type { Preview } from "./report";
import { previewCommentCommand } from "../commands/previewComment";
import type { CommandContext } from "../common/command";
import { run } from "../test/terminal";
import type { PreviewStack } from "./run";

let github: GitHubStandIn;
let dir: string;
beforeEach(async () => {
  github = await startGitHub();
  github.open({ login: "ada", title: "A change", body: "", pullRequest: true });
  dir = await mkdtemp(path.join(tmpdir(), "preview-"));
});
afterEach(async () => {
  await github.close();
  await rm(dir, { recursive: true, force: true });
});

type Given = Partial<Awaited<ReturnType<PreviewStack>>>;
function ran(args: string[], given: Given = {}) {
  const env = {
    GITHUB_TOKEN: github.token,
    GITHUB_REPOSITORY: github.repository,
    GITHUB_API_URL: github.url,
    GITHUB_REF: "refs/pull/1/merge",
  };
  const outcome = { events: [], failed: false, usernames: [], ...given };
  const create = (context: CommandContext) => previewCommentCommand(context, () => Promise.resolve(outcome));
  return run(create, ["--stack", "dev", ...args], { env });
}

function report(count: number, compared = true): Preview["usernames"][number] {
  const names = compile('Replace([userPrincipalName], "@corp.com", , , "", , )');
  const reporter = createReport({
    mapping: compile("[mailNickname]"),
    ...(compared ? { currentExpression: names } : {}),
    maxDetails: count,
  });
  for (let n = 0; n < count; n++) {
    reporter.add({
      id: `${n}`,
      userPrincipalName: `p${n}@corp.com`,
      mail: `p${n}@corp.com`,
      mailNickname: `n${n}`,
      accountEnabled: true,
    });
  }
  return { teams: ["default"], report: reporter.finish(), unknownGroups: ["sudo"] };
}

const created = step({ op: "create", type, name: "smallstep-usersync", now: {} });
const renames = diagnostic("warning", "mappings.userName changes: 2 of 2 users get another name", {
  type,
  name: "smallstep-usersync",
});

describe("npm run preview:comment", () => {
  it("reports resources, user names and renames once each, and names groups that do not exist yet", async () => {
    const { code, out } = await ran([], { events: [created, renames], usernames: [report(2)] });
    expect(code).toBe(0);
    expect(out).toContain("### Preview of `dev`: 1 to create\n");
    expect(out).toContain("| `p0@corp.com` | `p0` | `n0` |");
    expect(out).toContain("The members of `sudo` are not included: these groups do not exist yet.");
    expect(out).not.toContain("users get another name");
    expect((await ran([], { events: [renames], usernames: [report(2, false)] })).out).toContain(
      "users get another name",
    );
  });

  it("reports no changes, and the reason why user names are not checked", async () => {
    const { out } = await ran([], { usernames: [{ teams: ["default"], reason: "They are not." }] });
    expect(out).toBe("### Preview of `dev`: no changes\n\n### User names\n\nThey are not.\n");
  });

  it("renders one section per group of teams with the same users and mapping", async () => {
    const usernames = [report(1), { teams: ["blue", "green"], reason: "They are not." }];
    const { out } = await ran([], { usernames });
    expect(out).toMatch(/For `default`:\n\n### User names: .*For `blue`, `green`:\n\nThey are not\./s);
  });

  it("posts the errors of a failed preview and exits with 1", async () => {
    const { code, out, err } = await ran(["--post", "github"], {
      events: [diagnostic("error", "tenantId: is missing")],
      failed: true,
    });
    expect([code, err]).toEqual([1, "comment on #1 created\n"]);
    expect(out).toBe("### Preview of `dev`: failed\n\n**Errors**\n\n- tenantId: is missing\n");
  });

  it("shortens the report to the length limit of a comment when there are 5,000 users", async () => {
    const { err } = await ran(["--post", "github"], { events: [created], usernames: [report(5000)] });
    expect(err).toBe("comment on #1 created\n");
    const text = github.issues.get(1)?.comments[0]?.body ?? "";
    expect(text.length).toBeLessThan(64_000);
    expect(text).toContain("5,000 users get a new account on every host");
    expect(text).toMatch(/and [\d,]+ more\./);
  });
});

describe("npm run preview:comment with --output and --input", () => {
  it("writes the report with --output and posts it with --input, without a second preview", async () => {
    const file = path.join(dir, "preview.md");
    const first = await ran(["--output", file], { events: [created] });
    expect(await readFile(file, "utf8")).toBe(first.out);
    const second = await ran(["--input", file, "--post", "github"]);
    expect(second).toMatchObject({ code: 0, out: "", err: "comment on #1 created\n" });
    expect(github.issues.get(1)?.comments[0]?.body).toContain("1 to create");
  });

  it("removes markers from an untrusted input file and truncates it", async () => {
    const file = path.join(dir, "preview.md");
    const marker = htmlComment("smallstep-ssh-azuread:preview:prod");
    await writeFile(file, `${marker}\n${"x\n".repeat(100_000)}`);
    expect((await ran(["--input", file, "--post", "github"])).err).toBe("comment on #1 created\n");
    const body = github.issues.get(1)?.comments[0]?.body ?? "";
    expect(body.match(/<!--/g)).toHaveLength(1);
    expect(body.length).toBeLessThan(64_000);
  });

  it("reports a missing input file, conflicting options and an invalid pull request number", async () => {
    expect((await ran(["--input", path.join(dir, "none.md")])).err).toMatch(
      /--input .*none\.md: the file does not exist\./,
    );
    expect((await ran(["--input", "a", "--output", "b"])).err).toBe(
      "--input and --output exclude each other; expected one of them.\n",
    );
    expect((await ran(["--pull-request", "x"])).err).toBe("--pull-request x: expected a whole number of at least 1.\n");
  });
});
