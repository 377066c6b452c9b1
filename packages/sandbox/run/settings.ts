import type { ConfigMap } from "@pulumi/pulumi/automation";
import { isSecretSetting } from "@smallstep-ssh/stack";
import { projectName } from "./stack";
import type { SandboxEnvironment } from "./environment";

export const namespace = "smallstep";
export const emailDomain = "corp.com";

/** Returns the settings that a user of the sandbox writes to `Pulumi.dev.yaml`. */
export function sandboxSettings(environment: Pick<SandboxEnvironment, "smallstep" | "graph" | "authority">) {
  const { smallstep, graph, authority } = environment;
  const { host, port, name, deployer } = smallstep.database;
  return {
    tenantId: graph.tenantId,
    groups: [{ create: "ssh" }, { create: "sudo" }, { existing: { displayName: "platform-ssh" } }],
    oidc: { emailDomains: [emailDomain] },
    scim: { baseUrl: smallstep.scim.baseUrl, directoryId: smallstep.directory.id, deletionThreshold: 6 },
    smallstep: {
      teamSlug: smallstep.team.slug,
      apiHost: "api.smallstep.example",
      authorityId: smallstep.team.authorityId,
      caUrl: smallstep.ca.url,
      caRootCert: authority.caPem,
    },
    kubernetes: { namespace, adminToolsImage: "registry.smallstep.example/admin-tools:sandbox" },
    database: {
      host,
      port,
      name,
      username: deployer.username,
      password: deployer.password,
      sslRootCert: authority.caFile,
    },
    cutover: { userWaitTimeoutMinutes: 10, minimumUsers: 20, requiredUsers: ["ada.lovelace"] },
  };
}

/** Converts settings for `pulumi config set --path`: one entry for each value, with secrets marked. */
export function asConfig(settings: object): ConfigMap {
  const config: ConfigMap = {};
  const add = (path: string, value: unknown): void => {
    if (Array.isArray(value)) value.forEach((item, index) => add(`${path}[${index}]`, item));
    else if (typeof value === "object" && value !== null) {
      for (const [key, item] of Object.entries(value)) add(path === "" ? key : `${path}.${key}`, item);
    } else if (value !== undefined) {
      const secret = isSecretSetting(path);
      config[`${projectName}:${path}`] = { value: String(value), ...(secret ? { secret } : {}) };
    }
  };
  add("", settings);
  return config;
}
