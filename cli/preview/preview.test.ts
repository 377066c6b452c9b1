import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compile } from "../../mappings/expression";
import { createReport } from "../../mappings/usernames";
import { startGitHub, type GitHubStandIn } from "../../sandbox/codehosts/github";
import { mappingsType as type, diagnostic, step } from "../engine/testing";
import { htmlComment } from "../hosts/types";
import type { Preview } from "./report";
import { run, type PreviewStack } from "./run";

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
async function ran(args: string[], given: Given = {}) {
  const result = { code: -1, out: "", err: "" };
  const terminal = {
    write: (text: string) => Promise.resolve(void (result.out += text)),
    writeError: (text: string) => void (result.err += text),
    colour: false,
    interactive: false,
  };
  const env = {
    GITHUB_TOKEN: github.token,
    GITHUB_REPOSITORY: github.repository,
    GITHUB_API_URL: github.url,
    GITHUB_REF: "refs/pull/1/merge",
  };
  const told = { events: [], failed: false, usernames: [], ...given };
  result.code = await run(["--stack", "dev", ...args], terminal, env, () => Promise.resolve(told));
  return result;
}

function report(people: number, compared = true): Preview["usernames"][number] {
  const names = compile('Replace([userPrincipalName], "@corp.com", , , "", , )');
  const reporter = createReport({
    mapping: compile("[mailNickname]"),
    ...(compared ? { currentExpression: names } : {}),
    maxDetails: people,
  });
  for (let n = 0; n < people; n++) {
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
const renames = diagnostic("warning", "mappings.userName changes: 2 of 2 people get another name", {
  type,
  name: "smallstep-usersync",
});

describe("the preview of a pull request", () => {
  it("shows resources, user names and renames once each, and says what is not known", async () => {
    const { code, out } = await ran([], { events: [created, renames], usernames: [report(2)] });
    expect(code).toBe(0);
    expect(out).toContain("### Preview of `dev`: 1 to create\n");
    expect(out).toContain("| `p0@corp.com` | `p0` | `n0` |");
    expect(out).toContain("Without the members of `sudo`: these groups are yet to be made.");
    expect(out).not.toContain("people get another name");
    expect((await ran([], { events: [renames], usernames: [report(2, false)] })).out).toContain(
      "people get another name",
    );
  });

  it("says when there is nothing to do, and why user names are not checked", async () => {
    const { out } = await ran([], { usernames: [{ teams: ["default"], reason: "They are not." }] });
    expect(out).toBe("### Preview of `dev`: nothing to do\n\n### User names\n\nThey are not.\n");
  });

  it("has a section for each team with other people or another mapping", async () => {
    const usernames = [report(1), { teams: ["blue", "green"], reason: "They are not." }];
    const { out } = await ran([], { usernames });
    expect(out).toMatch(/Of `default`:\n\n### User names: .*Of `blue`, `green`:\n\nThey are not\./s);
  });

  it("that failed says why, and is posted all the same", async () => {
    const { code, out, err } = await ran(["--post", "github"], {
      events: [diagnostic("error", "tenantId: is missing")],
      failed: true,
    });
    expect([code, err]).toEqual([1, "comment on #1 created\n"]);
    expect(out).toBe("### Preview of `dev`: failed\n\n**Errors**\n\n- tenantId: is missing\n");
  });

  it("is short enough for a comment with thousands of people", async () => {
    const { err } = await ran(["--post", "github"], { events: [created], usernames: [report(5000)] });
    expect(err).toBe("comment on #1 created\n");
    const text = github.issues.get(1)?.comments[0]?.body ?? "";
    expect(text.length).toBeLessThan(64_000);
    expect(text).toContain("5,000 people get a new account on every host");
    expect(text).toMatch(/and [\d,]+ more\./);
  });
});

describe("in two halves", () => {
  it("the text is written by the one, and posted by the other, which previews nothing", async () => {
    const file = path.join(dir, "preview.md");
    const first = await ran(["--output", file], { events: [created] });
    expect(await readFile(file, "utf8")).toBe(first.out);
    const second = await ran(["--input", file, "--post", "github"]);
    expect(second).toMatchObject({ code: 0, out: "", err: "comment on #1 created\n" });
    expect(github.issues.get(1)?.comments[0]?.body).toContain("1 to create");
  });

  it("a text that somebody else wrote brings no marker of its own, and no length", async () => {
    const file = path.join(dir, "preview.md");
    const marker = htmlComment("smallstep-ssh-azuread:preview:prod");
    await writeFile(file, `${marker}\n${"x\n".repeat(100_000)}`);
    expect((await ran(["--input", file, "--post", "github"])).err).toBe("comment on #1 created\n");
    const body = github.issues.get(1)?.comments[0]?.body ?? "";
    expect(body.match(/<!--/g)).toHaveLength(1);
    expect(body.length).toBeLessThan(64_000);
  });

  it("says what is wrong", async () => {
    expect((await ran(["--input", path.join(dir, "none.md")])).err).toMatch(
      /--input .*none\.md: there is no such file\./,
    );
    expect((await ran(["--input", "a", "--output", "b"])).err).toBe(
      "--input is given together with --output; expected one of them.\n",
    );
    expect((await ran(["--pull-request", "x"])).err).toBe("--pull-request x: expected a number from 1.\n");
  });
});
