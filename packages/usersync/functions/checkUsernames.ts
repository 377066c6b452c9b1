import * as z from "zod/mini";

import {
  type Evaluator,
  ExpressionError,
  compile,
  parse,
  createReport,
  graphProperty,
  renderTable,
  reportProperties,
  summaryLine,
} from "entra-mappings";
import type { GraphClient } from "../clients/graph/client";
import {
  type Member,
  getGroup,
  isGroup,
  isUser,
  nameOf,
  streamMembers,
  transitiveUsers,
} from "../clients/graph/groups";
import { prefetchInOrder } from "../clients/graph/prefetch";
import { defineFunction } from "../host/define";
import { property, wholeNumber } from "../host/properties";
import type { CallContext } from "../host/types";
import { attributesIn } from "../resources/attributeMappings/mapping";
import type { EntraConfig } from "../resources/entraConfig";

const expression = z.string().check(
  z.superRefine((text, ctx) => {
    const message = compileProblem(text);
    if (message !== undefined) ctx.addIssue({ code: "custom", message, input: text });
  }),
);

export const checkUsernames = defineFunction({
  token: "usersync:entra:checkUsernames",
  description:
    "Reports the account name of each member of the groups, name collisions, and users who cannot log in. Reads the " +
    "members from Microsoft Graph; needs GroupMember.Read.All and User.Read.All. Rejects unknown groups.",
  inputs: {
    groups: property(
      "Object ids of the groups assigned to the enterprise application.",
      z.array(z.string().check(z.minLength(1))),
    ),
    mapping: property("Expression that maps `userName`.", expression),
    email: property(
      "Expression of the email address in the token for the CA. Default: `[mail]`, which Entra uses for the email claim.",
      z.optional(expression),
    ),
    currentExpression: property(
      "Expression that currently maps `userName`. Users with another name under it are reported as renamed. Default: " +
        "renames are not checked.",
      z.optional(expression),
    ),
    domains: property(
      "Email domains of the CA's provisioner. Default: not checked.",
      z.optional(z.array(z.string().check(z.minLength(1)))),
    ),
    maxDetails: property(
      "Maximum number of users listed in detail per kind of finding. Default: 200.",
      z.optional(wholeNumber({ minimum: 0 })),
    ),
  },
  outputs: {
    users: property("Number of checked users.", z.number()),
    errors: property("Number of users with an error: a name collision, an invalid name, no email address.", z.number()),
    warnings: property("Number of users with a warning and no error.", z.number()),
    summary: property("Summary in one line.", z.string()),
    table: property("Report as a table for a terminal.", z.string()),
    report: property("Complete report as a JSON string.", z.string()),
  },

  async invoke(ctx: CallContext<EntraConfig>, args) {
    const properties = new Set(reportProperties);
    const compiled = (text: string): Evaluator => {
      const tree = parse(text);
      for (const attribute of attributesIn(tree)) properties.add(graphProperty(attribute));
      return compile(tree);
    };
    const { groups, mapping, email, currentExpression, ...options } = args;
    const report = createReport({
      ...options,
      mapping: compiled(mapping),
      email: email === undefined ? undefined : compiled(email),
      currentExpression: currentExpression === undefined ? undefined : compiled(currentExpression),
      about: { mapping },
      people: ctx.config.people,
    });
    const graph = await ctx.config.graph(ctx.signal);
    // Read direct members first: a user in an assigned group is provisioned, even if a nested group contains the user
    // too.
    const seen = new Set<string>();
    const nested: { group: Member; parent: string }[] = [];
    const direct = prefetchInOrder(groups, (id) => membersOf(graph, id, [...properties], ctx.signal));
    for await (const [, { member, parent }] of direct) {
      if (isGroup(member)) nested.push({ group: member, parent });
      else if (isUser(member) && !seen.has(member.id)) {
        seen.add(member.id);
        report.add(member);
      }
    }
    for (const { group, parent } of nested) report.addNestedGroup({ id: group.id, name: nameOf(group), parent });
    const below = prefetchInOrder(nested, ({ group }) =>
      transitiveUsers(graph, group.id, [...properties], { signal: ctx.signal }),
    );
    for await (const [{ group }, member] of below) {
      if (seen.has(member.id)) continue;
      seen.add(member.id);
      report.add(member, nameOf(group));
    }
    const finished = report.finish();
    return {
      users: finished.totals.users,
      errors: finished.totals.withErrors,
      warnings: finished.totals.withWarnings,
      summary: summaryLine(finished),
      table: renderTable(finished),
      report: JSON.stringify(finished),
    };
  },
});

/** Yields the direct members of a group with the group's name. */
async function* membersOf(
  graph: GraphClient,
  id: string,
  properties: readonly string[],
  signal: AbortSignal,
): AsyncGenerator<{ member: Member; parent: string }> {
  const group = getGroup(graph, id, signal);
  // The error is raised below. Until then, this handler prevents an unhandled rejection.
  group.catch(() => undefined);
  try {
    for await (const member of streamMembers(graph, id, properties, signal)) {
      yield { member, parent: (await group).displayName };
    }
  } finally {
    // For a group that does not exist, the error of this request is clearer.
    await group;
  }
}

/** Returns why an expression is invalid; undefined if it is valid. */
function compileProblem(text: string): string | undefined {
  try {
    compile(parse(text));
    return undefined;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return `${error.message} (character ${error.position + 1})`;
  }
}
