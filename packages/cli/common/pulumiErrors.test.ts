import { describe, expect, it } from "vitest";
import { problemsOf } from "./errors";

/** Returns an error as the SDK reports a failed run of the CLI. */
function failedRun(output: string, name = "CommandError"): Error {
  const text = `Command failed with exit code 255: pulumi stack select --stack dev --non-interactive\n${output}`;
  return Object.assign(new Error(`code: -2\n stdout: \n stderr: ${text}\n err?: Error: ${text}\n`), { name });
}

/** What the CLI prints for a response of Azure. */
const azureResponse = (request: string, status: string, code: string) =>
  `${request}\n${"-".repeat(80)}\nRESPONSE ${status}\nERROR CODE: ${code}\n${"-".repeat(80)}\n`;
const blob = "GET https://state.blob.core.windows.net/pulumi/.pulumi%2Fmeta.yaml";
const decrypt = "POST https://organization.vault.azure.net/keys/pulumi/decrypt";

// stack.engine.test.ts causes those that a local engine and a local server can cause.
describe("failures of Pulumi that a user can cause", () => {
  it.each([
    [
      "a role that the state lacks",
      `error: 2 errors occurred:\n    1) ${azureResponse(blob, "403: 403 Forbidden", "AuthorizationPermissionMismatch")}\n    2) Unknown\n`,
      /^The backend of the state or the secrets provider does not permit .* Pulumi reports: 2 errors occurred: 1\) GET https:.* AuthorizationPermissionMismatch 2\) Unknown\.$/,
    ],
    [
      "a role that the key vault lacks",
      `error: getting stack configuration: get stack secrets manager: secrets (code=PermissionDenied): ${azureResponse(decrypt, "403: 403 Forbidden", "Forbidden")}`,
      /^The backend of the state or the secrets provider does not permit .*keys\/pulumi\/decrypt RESPONSE 403/,
    ],
    [
      "credentials that Azure rejects",
      `error: read ".pulumi/meta.yaml": blob (code=Unknown): DefaultAzureCredential: failed to acquire a token.\nAttempted credentials:\n\tClientSecretCredential authentication failed.`,
      /^Azure rejects the sign-in.* Pulumi reports: read ".*Attempted credentials: ClientSecretCredential/,
    ],
    [
      "a file of the state that another user owns",
      'error: read ".pulumi/meta.yaml": blob (key ".pulumi/meta.yaml") (code=Unknown): stat /state/.pulumi/meta.yaml: permission denied',
      /^A file cannot be accessed: correct its permissions\. Pulumi reports: .*permission denied\.$/,
    ],
    [
      "a download of a plugin that fails",
      "error: load plugin: Could not automatically download and install resource plugin 'pulumi-resource-azuread' at version v6.9.1",
      /^A plugin of Pulumi is missing/,
    ],
    ["an old CLI", "error: unknown flag: --preview-only", /^The program `pulumi` on PATH has an unsupported version/],
  ])("explains %s and quotes Pulumi on one line", (_, output, message) => {
    const problems = problemsOf(failedRun(output));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(message);
    expect(problems[0]).not.toMatch(/code: -2|err\?|Command failed|---|\n/);
  });

  it.each([
    "error: update of graph 403f failed: the permission denied a change",
    "error: it broke",
    "it broke without a mark\nand says more",
  ])("quotes another reason without advice: %s", (output) => {
    const reason = output.replace("error: ", "").replace("\n", " ");
    expect(problemsOf(failedRun(output))).toEqual([`Pulumi failed: ${reason}.`]);
  });

  it("explains errors of the SDK that have the name Error", () => {
    const texts = [
      "Failed to parse Pulumi CLI version. This is probably an internal error.",
      "Minimum version requirement failed. The minimum CLI version requirement is 3.2.0. Please update the Pulumi CLI.",
      "Major version mismatch. You are using Pulumi CLI version 4.0.0 with Automation SDK v3.",
    ];
    for (const text of texts) {
      expect(problemsOf(new Error(text))).toEqual([
        `The program \`pulumi\` on PATH has an unsupported version: install the current version (https://www.pulumi.com/docs/install/). Pulumi reports: ${text}`,
      ]);
    }
  });

  it("shortens a long reason, and reports that there is none", () => {
    const [long = ""] = problemsOf(failedRun(`error: ${"x".repeat(100_000)}`));
    expect(long.length).toBeLessThan(700);
    expect(problemsOf(failedRun(""))).toEqual(["Pulumi failed: it gave no reason."]);
  });
});
