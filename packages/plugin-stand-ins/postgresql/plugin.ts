import { readFileSync } from "node:fs";
import { sslmodes, type DatabaseSettings } from "@smallstep-ssh/usersync/clients";
import type { Plugin, PropertyMap } from "@smallstep-ssh/usersync/host";
import { version } from "@pulumi/postgresql/package.json";
import { define } from "../common/define";
import { checkInputs, settingsSchema, type Inputs } from "../common/inputs";
import { grant } from "./grant";
import { role } from "./role";

/** The settings of the official provider that the stack uses. */
const settings: Inputs = {
  host: { type: "string", required: true },
  port: { type: "number", default: 5432 },
  database: { type: "string", default: "postgres" },
  username: { type: "string", required: true },
  password: { type: "string", required: true },
  // The official provider reads the passwords of roles if this is true. The stand-in never does.
  superuser: { type: "boolean" },
  sslmode: { type: "string", default: "require" },
  sslrootcert: { type: "string" },
  // The SDK sets it always. The stand-in has a fixed timeout.
  connectTimeout: { type: "number" },
};

/**
 * Creates a stand-in for the official `postgresql` plugin, for networks where that cannot be downloaded. It has the
 * resource types and inputs that this stack uses, with the statements and ids of the official plugin.
 */
export function postgresql(): Plugin<DatabaseSettings> {
  const open = ({ config }: { config: DatabaseSettings }) => config;
  const grants = define(grant, open);
  return {
    name: "postgresql",
    version,
    schema: settingsSchema("postgresql", version, settings),
    resources: {
      "postgresql:index/role:Role": define(role, open),
      "postgresql:index/grant:Grant": {
        ...grants,
        // The deletion of the old grant would also revoke the privileges of the new one.
        diff: async (ctx, args) => ({ ...(await grants.diff(ctx, args)), deleteBeforeReplace: true }),
      },
    },
    checkConfig: async (news) => ({ ...checkInputs(settings, news, "the postgresql provider"), inputs: news }),
    configure: async (news) => databaseSettings(checkInputs(settings, news, "the postgresql provider").inputs),
  };
}

function databaseSettings({ sslmode: mode, sslrootcert, ...given }: PropertyMap): DatabaseSettings {
  const sslmode = sslmodes.find((one) => one === mode);
  if (sslmode === undefined) throw new Error(`sslmode: "${String(mode)}" is not one of ${sslmodes.join(", ")}.`);
  return {
    host: String(given["host"]),
    port: Number(given["port"]),
    name: String(given["database"]),
    username: String(given["username"]),
    password: String(given["password"]),
    sslmode,
    rootCert: sslrootcert ? readFileSync(String(sslrootcert), "utf8") : undefined,
  };
}
