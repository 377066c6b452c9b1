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

const required = [
  "type",
  "name",
  "client-id",
  "client-secret",
  "configuration-endpoint",
  "domain",
  "authority",
  "tenant-id",
] as const;

/** Reads the documented command line: an OIDC provisioner to add or to update in place. @throws UsageError */
export function readArguments(args: string[]): Wanted {
  const { values, positionals } = parse(args);
  const [verb, ...others] = positionals;
  if ((verb !== "add" && verb !== "update") || others.length > 0) {
    throw new UsageError(`the command is '${positionals.join(" ")}', expected 'add' or 'update' as the last argument`);
  }
  const missing = required.filter((name) => (values[name] ?? "").length === 0);
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
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        ssh: { type: "boolean" },
        type: { type: "string" },
        name: { type: "string" },
        "listen-address": { type: "string" },
        "client-id": { type: "string" },
        "client-secret": { type: "string" },
        "configuration-endpoint": { type: "string" },
        domain: { type: "string", multiple: true },
        authority: { type: "string" },
        "tenant-id": { type: "string" },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
