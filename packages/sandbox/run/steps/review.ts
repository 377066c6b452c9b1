import { startGitHub } from "@smallstep-ssh/cli/testing";
import { runCommand } from "../command";
import type { ProgramResult } from "../../runProgram";
import type { Run } from "../run";
import { leaks } from "../secrets";
import { recordWrites } from "./queries";

/** Permissions that are sufficient to preview pull requests and to detect drift. */
const readOnly = ["Application.Read.All", "Synchronization.Read.All", "GroupMember.Read.All", "User.Read.All"];

/**
 * Starts the GitHub stand-in with one open pull request. `runWorkflow` runs a command as a workflow does, with read-only credentials,
 * and asserts that it changes neither the tenant nor the state.
 */
async function startRepository(run: Run) {
  const { graph, stack, checks } = run;
  const github = await startGitHub();
  const reader = graph.addClient({ permissions: readOnly, displayName: "Pull requests" });
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
    async runWorkflow(command: "drift" | "preview-comment"): Promise<ProgramResult> {
      const state = await stack.stateFile();
      const writes = recordWrites(run);
      const ran = await runCommand(run, { command, args: ["--post", "github"], as: reader, env });
      stack.transcript.push(ran.out, ran.err);
      checks.equal(`${command} changes nothing in Entra ID`, writes(), []);
      checks.assert(`${command} does not change the state file`, (await stack.stateFile()) === state, state.length);
      return ran;
    },
  };
}

/** Checks the comment on a pull request that changes the mapping: it is one comment that is edited in place. */
export async function pullRequest(run: Run, preset: string): Promise<void> {
  const { checks } = run;
  const { github, runWorkflow } = await startRepository(run);
  try {
    github.comment(1, "ada", "Does this rename people?");
    const first = await runWorkflow("preview-comment");
    checks.equal(
      `preview-comment creates a comment for the preview of ${preset}`,
      [first.code, first.err],
      [0, "comment on #1 created\n"],
    );
    const comments = github.issues.get(1)?.comments ?? [];
    const text = comments[1]?.body ?? "";
    for (const part of [
      "| update | `smallstep-usersync` | usersync entra.AttributeMappings |",
      "`mappings.userName.expression`: ",
      "| `bill.gates@corp.com` | `bill.gates` | `billgates` |",
      "| `billgates` | `bill.gates@corp.com`, `billgates@corp.com` |",
      "The user has no mail and cannot log in, because the ID token has no email claim.",
    ]) {
      checks.assert(`the comment contains ${part}`, text.includes(part));
    }
    checks.assert("the comment does not exceed GitHub's length limit", text.length < 65_536, text.length);
    const secret = await run.stack.outputs();
    const known = [{ name: "OIDC client secret", value: String(secret["clientSecret"]?.value) }];
    checks.equal("the comment contains no secret", leaks(text, known), []);
    const again = await runWorkflow("preview-comment");
    checks.equal("the next run leaves the comment unchanged", again.err, "comment on #1 unchanged\n");
    checks.equal("the pull request has two comments, one of them from preview-comment", comments.length, 2);
  } finally {
    await github.close();
  }
}

/** Checks the issue of the scheduled drift detection before and after `repair`: one issue, which is closed at the end. */
export async function issueAboutDrift(
  run: Run,
  expected: readonly string[],
  repair: () => Promise<void>,
): Promise<void> {
  const { checks } = run;
  const { github, runWorkflow } = await startRepository(run);
  const { issues } = github;
  try {
    const first = await runWorkflow("drift");
    checks.equal("drift opens an issue", [first.code, first.err], [20, "issue #2 opened\n"]);
    for (const part of expected)
      checks.assert(`the issue contains ${part}`, issues.get(2)?.body.includes(part) === true);
    const second = await runWorkflow("drift");
    checks.equal(
      "the next run of drift leaves the issue unchanged",
      [second.code, second.err],
      [20, "issue #2 is up to date\n"],
    );
    await repair();
    const third = await runWorkflow("drift");
    checks.equal("drift closes the issue after the repair", [third.code, third.err], [0, "closed issue #2\n"]);
    checks.equal("drift opened exactly one issue", [issues.size - 1, issues.get(2)?.state], [1, "closed"]);
  } finally {
    await github.close();
  }
}
