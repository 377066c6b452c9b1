import type { PropertyMap, ResourceHandler } from "@smallstep-ssh/usersync/host";
import { define } from "../common/define";
import type { Inputs } from "../common/inputs";
import {
  grantId,
  grantStatement,
  isObjectType,
  privilegesOf,
  revokeStatement,
  targetOf,
  wrongParts,
  type GrantTarget,
} from "./grantSql";
import { readGrant } from "./grantState";
import { asMemberOf, lock, owners } from "./membership";
import type { Server, Transaction } from "./server";

const inputs: Inputs = {
  role: { type: "text", required: true, replaces: true },
  database: { type: "text", required: true, replaces: true },
  schema: { type: "text", replaces: true },
  objectType: {
    type: "text",
    required: true,
    replaces: true,
    check: (type: string) =>
      isObjectType(type)
        ? undefined
        : `"${type}": the stand-in for postgresql.Grant supports only ${Object.keys(privilegesOf).join(", ")}.`,
  },
  objects: { type: "texts", replaces: true },
  columns: { type: "texts", replaces: true },
  privileges: { type: "texts", required: true },
  withGrantOption: { type: "flag", replaces: true },
};

const handler = define<Server, Server>(
  {
    name: "postgresql.Grant",
    inputs,
    outputs: [],
    check: wrongParts,

    async create(server, wanted, made) {
      const target = targetOf(wanted);
      await set(server, target, target);
      made(grantId(target));
    },

    async read(server, id, state) {
      if (state["role"] === undefined) throw new Error(`postgresql.Grant ${id}: a grant cannot be imported.`);
      const found = await readGrant(server, targetOf(state));
      if (found === undefined) return undefined;
      return { ...stated(state), privileges: found.privileges, columns: found.columns };
    },

    update: (server, _id, state, wanted) => set(server, targetOf(state), targetOf(wanted)),

    async delete(server, _id, state) {
      const target = targetOf(state);
      await change(server, target, [revokeStatement(target)]);
    },
  },
  (ctx) => Promise.resolve(ctx.config),
);

/**
 * Handler of `postgresql:index/grant:Grant`. Like in the official provider, every change except to the privileges
 * replaces the grant. The old grant is deleted first, because its deletion would also revoke the new privileges.
 */
export const grant: ResourceHandler<Server> = {
  ...handler,
  diff: async (ctx, args) => ({ ...(await handler.diff(ctx, args)), deleteBeforeReplace: true }),
};

// Use one transaction, so that the role never loses its privileges.
function set(server: Server, before: GrantTarget, after: GrantTarget): Promise<void> {
  return change(server, after, [revokeStatement(before), grantStatement(after)]);
}

async function change(server: Server, target: GrantTarget, statements: readonly (string | undefined)[]): Promise<void> {
  await server.transaction(async (transaction) => {
    await lock(transaction, "pg_roles", target.role);
    if (target.objectType === "database") await lock(transaction, "pg_database", target.database);
    await asMemberOf(transaction, await actAs(transaction, target), async () => {
      for (const statement of statements) if (statement !== undefined) await transaction.query(statement);
    });
  }, target.database);
}

async function actAs(transaction: Transaction, { objectType, schema }: GrantTarget): Promise<string[]> {
  return objectType === "database" ? [] : owners(transaction, schema, objectType !== "schema");
}

function stated(state: PropertyMap): PropertyMap {
  return Object.fromEntries(Object.keys(inputs).map((name) => [name, state[name]]));
}
