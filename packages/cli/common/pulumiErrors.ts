import { truncate } from "entra-mappings";

const commandErrors = new Set([
  "CommandError",
  "ConcurrentUpdateError",
  "StackAlreadyExistsError",
  "StackNotFoundError",
]);

/** Tests whether an error comes from the Pulumi CLI, or from the SDK that runs it. Some of the SDK's errors have the name `Error`. */
export function isPulumiError({ name, message }: Error): boolean {
  return commandErrors.has(name) || /Pulumi CLI/.test(message);
}

const passphrase = "PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE";

/** Failures that a user can cause and fix: a pattern of Pulumi's reason, and what to do. The first match counts. */
const adviceOf: readonly (readonly [pattern: RegExp, advice: string])[] = [
  [/spawn pulumi ENOENT/, "The Pulumi CLI is not on PATH: install it (https://www.pulumi.com/docs/install/)."],
  [/spawn pulumi \w+/, "The program `pulumi` on PATH cannot be started: install the Pulumi CLI again."],
  [
    /Pulumi CLI( version)? |version requirement|unknown flag/,
    "The program `pulumi` on PATH has an unsupported version: install the current version (https://www.pulumi.com/docs/install/).",
  ],
  [/passphrase must be set/, `The passphrase of the stack's secrets is missing: set ${passphrase}.`],
  [/incorrect passphrase/, `The passphrase of the stack's secrets is wrong: correct ${passphrase}.`],
  [
    /message authentication failed|nonce size|bad value/,
    "A secret of the stack's file cannot be decrypted: restore `encryptionsalt` of the file, or set the secret again with `pulumi config set --secret`.",
  ],
  [
    /PULUMI_ACCESS_TOKEN must be set|requires logging in|invalid access token|^(\[401\] )?Unauthorized/,
    "You are not signed in to the backend of the state: run `pulumi login`, or set PULUMI_BACKEND_URL or PULUMI_ACCESS_TOKEN.",
  ],
  [
    /failed to acquire a token/,
    "Azure rejects the sign-in to the backend of the state or to the key vault: run `az login`, or correct AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.",
  ],
  [
    /no stack named|stack not found|stack name (may|must|cannot)/,
    "The backend of the state has no such stack: check --stack and PULUMI_BACKEND_URL (`pulumi stack ls` lists the stacks).",
  ],
  [/stack .*already exists/, "The backend of the state already has this stack: select it with `pulumi stack select`."],
  [
    /currently locked by|Another update is currently in progress/,
    "Another operation has locked the stack: wait until it has ended. If it was interrupted, run `pulumi cancel`.",
  ],
  [
    /no (resource|analyzer|language) plugin|automatically download and install .* plugin|(failed|unable) to load .*plugin/,
    "A plugin of Pulumi is missing: run `npm ci` and `pulumi install`.",
  ],
  [
    /^\[403\]|RESPONSE 403|code=PermissionDenied|AccessDenied|googleapi: Error 403/,
    "The backend of the state or the secrets provider does not permit this operation with your credentials.",
  ],
  [/: permission denied$/, "A file cannot be accessed: correct its permissions."],
  [/could not unmarshal|invalid YAML file/, "Pulumi.yaml or the stack's file is not valid YAML: correct it."],
  [
    /unable to open (bucket|state directory)|no such host|connection refused/,
    "The backend of the state cannot be reached: check PULUMI_BACKEND_URL and the network.",
  ],
];

const maxReasonLength = 600;

/** Explains a failure of Pulumi: what the user can do, and Pulumi's own reason. */
export function pulumiProblem(error: Error): string {
  const reason = reasonOf(error);
  const advice = adviceOf.find(([pattern]) => pattern.test(reason))?.[1];
  const reported = sentence(truncate(reason, maxReasonLength));
  return advice === undefined ? `Pulumi failed: ${reported}` : `${advice} Pulumi reports: ${reported}`;
}

/** Returns the reason on one line. The SDK's message repeats the CLI's output after an exit code and the command line. */
function reasonOf({ message }: Error): string {
  const output = message
    .replace(/^code: .*\n stdout: [^]*?\n stderr: /, "")
    .replace(/\n err\?: [^]*$/, "")
    .replace(/^Command failed with .*\n/, "");
  const [, errors = output] = /^error: *([^]*)/m.exec(output) ?? [];
  const lines = errors.split("\n").map((line) => line.replace(/^error: */, "").trim());
  return [...new Set(lines)].filter((line) => !/^-*$/.test(line)).join(" ") || "it gave no reason";
}

/** Ends a text as a sentence. */
export function sentence(text: string): string {
  return /[.!?)]$/.test(text) ? text : `${text}.`;
}
