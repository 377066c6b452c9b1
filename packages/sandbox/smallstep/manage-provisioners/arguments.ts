import { parseArgs } from "node:util";

/** The command line is invalid. The message gives the reason. */
export class UsageError extends Error {}

export const usage = `Usage:
  manage-provisioners --ssh --type OIDC --name NAME --listen-address HOST:PORT --client-id ID --client-secret SECRET
    --configuration-endpoint URL --domain DOMAIN... --authority AUTHORITY_ID --tenant-id TENANT_ID add|update`;

export interface Wanted {
  verb: "add" | "update";
  authority: string;
  provisioner: Record<string, unknown> & { name: string; configurationEndpoint: string };
}

const text = { type: "string" } as const;
const options = {
  ssh: { type: "boolean" },
  type: text,
  name: text,
  "listen-address": text,
  "client-id": text,
  "client-secret": text,
  "configuration-endpoint": text,
  domain: { type: "string", multiple: true },
  authority: text,
  "tenant-id": text,
} as const;
const optional = ["ssh", "listen-address"];

/** Reads the documented command line: an OIDC provisioner to add or to update in place. @throws UsageError */
export function readArguments(args: string[]): Wanted {
  const { values, positionals } = parse(args);
  const [verb, ...others] = positionals;
  if ((verb !== "add" && verb !== "update") || others.length > 0) {
    throw new UsageError(`the command is '${positionals.join(" ")}', expected 'add' or 'update' as the last argument`);
  }
  const given: Record<string, unknown> = values;
  const missing = Object.keys(options).filter((name) => !optional.includes(name) && String(given[name] ?? "") === "");
  if (missing.length > 0) throw new UsageError(`missing ${missing.map((name) => `--${name}`).join(", ")}`);
  if (values.type !== "OIDC") throw new UsageError(`--type is '${values.type}', only OIDC is supported here`);
  const endpoint = String(values["configuration-endpoint"]);
  if (!URL.canParse(endpoint) || new URL(endpoint).protocol !== "https:") {
    throw new UsageError(`--configuration-endpoint: '${endpoint}' is not an https URL`);
  }
  const listenAddress = values["listen-address"];
  if (listenAddress !== undefined && !/^[^\s:]*:\d{1,5}$/.test(listenAddress)) {
    throw new UsageError(`--listen-address: '${listenAddress}' is not HOST:PORT`);
  }
  return {
    verb,
    authority: String(values.authority),
    provisioner: {
      type: "OIDC",
      name: String(values.name),
      clientID: String(values["client-id"]),
      clientSecret: String(values["client-secret"]),
      configurationEndpoint: endpoint,
      tenantID: String(values["tenant-id"]),
      domains: values.domain,
      ...(listenAddress === undefined ? {} : { listenAddress }),
      ...(values.ssh === true ? { claims: { enableSSHCA: true } } : {}),
    },
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, allowPositionals: true, options });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
