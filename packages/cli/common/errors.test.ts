import { describe, expect, it } from "vitest";
import { problemsOf, pulumiProblem } from "./errors";

describe("failures of Pulumi that a user can cause", () => {
  it.each([
    [
      "no passphrase",
      "error: get stack secrets manager: passphrase must be set with PULUMI_CONFIG_PASSPHRASE",
      /is missing: set/,
    ],
    ["a wrong passphrase", "error: get stack secrets manager: incorrect passphrase", /is wrong: correct PULUMI_CONFIG/],
    [
      "no login",
      "error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions",
      /pulumi login/,
    ],
    ["no stack", "error: no stack named 'dev' found", /no such stack: check --stack/],
    ["a lock", "error: the stack is currently locked by 1 lock(s)", /has locked the stack.*pulumi cancel/],
    ["an update", "error: [409] Conflict: Another update is currently in progress.", /has locked the stack/],
    ["no plugin", "error: no resource plugin 'pulumi-resource-azuread' found in the workspace", /npm ci/],
    ["no permission", 'error: read ".pulumi/stacks/dev.json": 403 AuthorizationPermissionMismatch', /do not permit/],
  ])("explains %s and quotes Pulumi", (_, output, advice) => {
    const text = pulumiProblem(
      `code: -2\n stdout: \n stderr: Command failed with exit code 255: pulumi x\n${output}\n err?: \n`,
    );
    expect(text).toMatch(advice);
    expect(text).toContain(`Pulumi reports: ${output.slice("error: ".length)}`);
    expect(text).not.toContain("code: -2");
  });

  it("explains that the CLI is not installed, and quotes another reason", () => {
    expect(problemsOf(new Error("spawn pulumi ENOENT"))).toEqual([
      "The Pulumi CLI is not on PATH: install it (https://www.pulumi.com/docs/install/).",
    ]);
    const other = Object.assign(new Error("code: -2\n stdout: \n stderr: it broke\n err?: \n"), {
      name: "CommandError",
    });
    expect(problemsOf(other)).toEqual(["Pulumi failed: stderr: it broke."]);
  });
});
