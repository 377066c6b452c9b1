import { parseArgs } from "node:util";

import { graphPermissions } from "../state/wellKnown";
import { CommandError } from "./commandError";

/** Options of the command, validated. */
export type CommandOptions = NonNullable<ReturnType<typeof readOptions>>;

const defaultPort = "8443";

export const helpText = `Usage: entra-emulator [options]

Starts a stateful emulator of Microsoft Graph and the Entra ID sign-in service on this computer.
All state is in memory: each start begins with the content of the seed, a new client secret and a new CA.

Options:
  --port PORT                TCP port; 0 selects a free port (default: ${defaultPort})
  --host ADDRESS             127.0.0.1 or ::1; other computers cannot connect (default: 127.0.0.1)
  --cert FILE --key FILE     certificate for localhost and its private key, both PEM (default: generated)
  --ca-out DIR               folder for the generated CA certificate ca.pem (default: a temporary folder)
  --seed FILE                tenant with users and groups, JSON or YAML (default: a sample tenant)
  --request-log FILE         appends each request as one line of JSON, with secrets masked
  --permissions LIST         application permissions of the client, separated by commas (default: all supported)
  --client-secret-file FILE  writes the client secret to this file, mode 0600 (default: in a temporary folder)
  --show-secret              prints the client secret
  --print-env                prints only shell commands that set the variables of azuread and the Azure SDKs
  --help                     prints this text

Exit codes: 0 stopped by SIGINT or SIGTERM, 1 cannot start, 2 invalid option
`;

/** Reads the command line. Returns undefined for --help. @throws CommandError with all invalid options */
export function readOptions(args: readonly string[]) {
  const values = parse(args);
  if (values.help) return undefined;
  const problems: string[] = [];
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_535) {
    problems.push(`--port must be a whole number from 0 to 65535, not "${values.port}".`);
  }
  const host = values.host === "::1" ? "::1" : "127.0.0.1";
  if (values.host !== host && values.host !== "localhost") {
    problems.push(`--host must be 127.0.0.1 or ::1, not "${values.host}": the emulator serves only this computer.`);
  }
  const { cert, key, "ca-out": caOut } = values;
  if ((cert === undefined) !== (key === undefined)) problems.push("--cert and --key must be set together.");
  if (cert !== undefined && caOut !== undefined) {
    problems.push("--ca-out applies only to a generated certificate. Remove it, or remove --cert and --key.");
  }
  const supported = Object.keys(graphPermissions);
  const permissions = values.permissions?.split(",").map((name) => name.trim()) ?? supported;
  for (const name of permissions.filter((one) => !supported.includes(one))) {
    problems.push(`--permissions contains "${name}". Allowed: ${supported.join(", ")}.`);
  }
  if (problems.length > 0) throw new CommandError(problems.join("\n"), 2);
  return { ...values, port, host, permissions } as const;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: "string", default: defaultPort },
        host: { type: "string", default: "127.0.0.1" },
        cert: { type: "string" },
        key: { type: "string" },
        "ca-out": { type: "string" },
        seed: { type: "string" },
        "request-log": { type: "string" },
        permissions: { type: "string" },
        "client-secret-file": { type: "string" },
        "show-secret": { type: "boolean" },
        "print-env": { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    throw new CommandError(`${(error as Error).message.split(". ")[0]}. See entra-emulator --help.`, 2);
  }
}
