/** Adopts a manual setup: writes the stack's configuration and a file for `pulumi import`. See `--help`. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";
import { openGraph } from "@smallstep-ssh/usersync/openGraph";
import { version as usersync } from "@smallstep-ssh/usersync/clients";
import { loginEndpoint } from "@smallstep-ssh/stack";
import { run } from "../adopt/run";

const root = path.join(__dirname, "..");
const versionOf = (name: string): string =>
  (JSON.parse(readFileSync(require.resolve(`${name}/package.json`), "utf8")) as { version: string }).version;

void run(process.argv.slice(2), {
  env: process.env,
  write: (text) => void process.stdout.write(text),
  writeError: (text) => void process.stderr.write(text),
  openGraph: (tenantId) => openGraph({ tenantId }),
  loginEndpoint: loginEndpoint({}),
  project: (parse(readFileSync(path.join(root, "Pulumi.yaml"), "utf8")) as { name: string }).name,
  versions: { azuread: versionOf("@pulumi/azuread"), usersync },
}).then((code) => (process.exitCode = code));
