import { startGitHub, type GitHubStandIn } from "../../codehosts/github";
import type { ClientCredentials } from "../../graph";
import { runCommand, type CommandResult } from "../command";
import type { Run } from "../scenario";
import { leaks } from "../secrets";

/** Enough for previews of pull requests and for looking for drift. */
const readOnly = ["Application.Read.All", "Synchronization.Read.All", "GroupMember.Read.All", "User.Read.All"];

/** A repository whose workflows preview and look for drift, with credentials that can change nothing. */
export interface Workflows {
  github: GitHubStandIn;
  /** Runs a command as a workflow does; asserts that it changed neither the directory nor the state. */
  run(command: "drift" | "preview-comment", args: string[]): Promise<CommandResult>;
}

export async function startWorkflows({ world, stack, checks }: Run): Promise<Workflows> {
  const github = await startGitHub();
  const reader: ClientCredentials = world.graph.addClient({ permissions: readOnly, displayName: "Pull requests" });
  const pull = github.open({ login: "ada", title: "Another mapping", body: "", pullRequest: true });
  const env = {
    GITHUB_TOKEN: github.token,
    GITHUB_REPOSITORY: github.repository,
    GITHUB_API_URL: github.url,
    GITHUB_REF: `refs/pull/${pull.number}/merge`,
    GITHUB_STEP_SUMMARY: "",
  };
  return {
    github,
    async run(command, args) {
      const state = await stack.stateFile();
      const before = world.graph.requests.all().length;
      const ran = await runCommand(world, { command, args, as: reader, env });
      stack.transcript.push(ran.out, ran.err);
      const writes = world.graph.requests
        .all()
        .slice(before)
        .filter(({ method, path }) => method !== "GET" && !path.endsWith("/token"));
      checks.equal(
        `${command} changes nothing in Entra ID`,
        writes.map(({ method, path }) => `${method} ${path}`),
        [],
      );
      checks.assert(
        `${command} leaves the state as it is, byte for byte`,
        (await stack.stateFile()) === state,
        state.length,
      );
      return ran;
    },
  };
}

/** A pull request that changes the mapping: one comment, edited in place. */
export async function pullRequest(run: Run, preset: string): Promise<void> {
  const { checks } = run;
  const workflows = await startWorkflows(run);
  const { github } = workflows;
  try {
    github.comment(1, "ada", "Does this rename people?");
    const first = await workflows.run("preview-comment", ["--post", "github"]);
    checks.equal(`a comment shows the preview of ${preset}`, [first.code, first.err], [0, "comment on #1 created\n"]);
    const comments = github.issues.get(1)?.comments ?? [];
    const text = comments[1]?.body ?? "";
    for (const part of [
      "| update | `smallstep-usersync` | usersync entra.AttributeMappings |",
      "`mappings.userName.expression`: ",
      "| `bill.gates@corp.com` | `bill.gates` | `billgates` |",
      "| `billgates` | `bill.gates@corp.com`, `billgates@corp.com` |",
      "No mail, so the ID token has no email: cannot log in.",
    ]) {
      checks.assert(`it says ${part}`, text.includes(part));
    }
    checks.assert("it is no longer than GitHub takes", text.length < 65_536, text.length);
    const secret = await run.stack.outputs();
    const known = [{ name: "OIDC client secret", value: String(secret["clientSecret"]?.value) }];
    checks.equal("it holds no secret", leaks(text, known), []);
    const again = await workflows.run("preview-comment", ["--post", "github"]);
    checks.equal("the next run writes no second one", again.err, "comment on #1 unchanged\n");
    checks.equal("there are two comments, one of them ours", comments.length, 2);
  } finally {
    await github.close();
  }
}

/** The scheduled look for drift, before somebody repairs it and after: one issue. */
export async function issueAboutDrift(run: Run, says: readonly string[], repair: () => Promise<void>): Promise<void> {
  const { checks } = run;
  const workflows = await startWorkflows(run);
  const { issues } = workflows.github;
  try {
    const first = await workflows.run("drift", ["--post", "github"]);
    checks.equal("the look for drift opens an issue", [first.code, first.err], [1, "issue #2 opened\n"]);
    for (const part of says) checks.assert(`it says ${part}`, issues.get(2)?.body.includes(part) === true);
    const second = await workflows.run("drift", ["--post", "github"]);
    checks.equal("the next look leaves it as it is", [second.code, second.err], [1, "issue #2 is up to date\n"]);
    await repair();
    const third = await workflows.run("drift", ["--post", "github"]);
    checks.equal("after the repair it is closed", [third.code, third.err], [0, "closed issue #2\n"]);
    checks.equal("there was one issue in all", [issues.size - 1, issues.get(2)?.state], [1, "closed"]);
  } finally {
    await workflows.github.close();
  }
}
