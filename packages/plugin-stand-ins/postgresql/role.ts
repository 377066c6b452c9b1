import { randomBytes } from "node:crypto";

import type { ResourceHandler } from "@smallstep-ssh/usersync/host";
import { define } from "../common/define";
import type { Inputs } from "../common/inputs";
import { asMemberOf, lock } from "./membership";
import { alterStatements, createStatements } from "./roleSql";
import { readRole } from "./roleState";
import type { Server } from "./server";
import { identifier, isName, isStorable } from "./sql";

const inputs: Inputs = {
  name: { type: "text", required: true, check: isName },
  password: { type: "text", check: isStorable },
  login: { type: "flag" },
  superuser: { type: "flag" },
  createDatabase: { type: "flag" },
  createRole: { type: "flag" },
  inherit: { type: "flag", default: true },
  replication: { type: "flag" },
  bypassRowLevelSecurity: { type: "flag" },
  encryptedPassword: { type: "flag", default: true },
  connectionLimit: {
    type: "number",
    default: -1,
    check: (limit: number) =>
      Number.isInteger(limit) && limit >= -1 ? undefined : "must be an integer of at least -1 (no limit).",
  },
  validUntil: { type: "text", default: "infinity" },
  roles: { type: "texts" },
  searchPath: { type: "texts", ordered: true },
  statementTimeout: { type: "number", check: isMilliseconds },
  idleInTransactionSessionTimeout: { type: "number", check: isMilliseconds },
  assumeRole: { type: "text" },
  skipDropRole: { type: "flag" },
  skipReassignOwned: { type: "flag" },
};

const handler = define<Server, Server>(
  {
    name: "postgresql.Role",
    inputs,
    outputs: [],
    secretOutputs: ["password"],

    async create(server, wanted, made) {
      const name = String(wanted["name"]);
      await server.transaction(async (transaction) => {
        for (const statement of createStatements(wanted)) await transaction.query(statement);
      });
      made(name);
    },

    // Use the name in the state, because a rename does not change the id.
    read: (server, id, state) =>
      server.transaction((transaction) => readRole(transaction, server, String(state["name"] ?? id), state)),

    async update(server, _id, state, wanted) {
      await server.transaction(async (transaction) => {
        await lock(transaction, "pg_roles", String(state["name"]));
        for (const statement of alterStatements(state, wanted)) await transaction.query(statement);
      });
    },

    async delete(server, id, state) {
      const name = String(state["name"] ?? id);
      await server.transaction(async (transaction) => {
        await lock(transaction, "pg_roles", name);
        const { rowCount } = await transaction.query("SELECT 1 FROM pg_roles WHERE rolname = $1", [name]);
        if (rowCount === 0) return;
        const role = identifier(name);
        if (state["skipReassignOwned"] !== true) {
          await asMemberOf(transaction, [name], async () => {
            await transaction.query(`REASSIGN OWNED BY ${role} TO ${identifier(server.settings.databaseUsername)}`);
            await transaction.query(`DROP OWNED BY ${role}`);
          });
        }
        if (state["skipDropRole"] !== true) await transaction.query(`DROP ROLE ${role}`);
      });
    },
  },
  (ctx) => Promise.resolve(ctx.config),
);

/**
 * Handler of `postgresql:index/role:Role`. Like in the official provider, a new name renames the role, and no change
 * replaces it.
 */
export const role: ResourceHandler<Server> = {
  ...handler,
  check: (ctx, args) => {
    const name =
      args.news["name"] ?? args.olds["name"] ?? `${nameOf(args.urn)}-${randomBytes(4).toString("hex").slice(1)}`;
    return handler.check(ctx, { ...args, news: { ...args.news, name } });
  },
};

function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

function isMilliseconds(value: number): string | undefined {
  return Number.isInteger(value) && value >= 0 ? undefined : "must be an integer number of milliseconds of at least 0.";
}
