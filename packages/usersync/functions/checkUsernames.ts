import {
  type Evaluator,
  type Expression,
  ExpressionError,
  compile,
  parse,
  type UsernameReport,
  createReport,
  graphProperty,
  renderMarkdown,
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
import { type CheckFailure, type FunctionHandler, type PropertyMap, InputErrors } from "../host/types";
import { formatPath } from "../host/paths";
import { attributesIn } from "../resources/attributeMappings/mapping";
import type { EntraConfig } from "../resources/entraConfig";

interface Arguments {
  groups: string[];
  mapping: string;
  email?: string;
  currentExpression?: string;
  domains?: string[];
  maxDetails?: number;
}

/** Handler of `usersync:entra:checkUsernames`. Its arguments are documented in sdk/checkUsernames.ts. */
export const checkUsernames: FunctionHandler<EntraConfig> = {
  async invoke(ctx, given): Promise<PropertyMap> {
    const { args, evaluators, properties } = readArguments(given);
    const graph = await ctx.config.graph(ctx.signal);
    const { mapping, email, currentExpression } = evaluators;
    const report = createReport({
      mapping,
      ...(email ? { email } : {}),
      ...(currentExpression ? { currentExpression } : {}),
      ...(args.domains ? { domains: args.domains } : {}),
      ...(args.maxDetails === undefined ? {} : { maxDetails: args.maxDetails }),
      about: { mapping: args.mapping },
    });
    // Read direct members first: a user in an assigned group is provisioned, even if a nested group contains the user
    // too.
    const seen = new Set<string>();
    const nested: { group: Member; parent: string }[] = [];
    const direct = prefetchInOrder(args.groups, (id) => membersOf(graph, id, properties, ctx.signal));
    for await (const [, { member, parent }] of direct) {
      if (isGroup(member)) nested.push({ group: member, parent });
      else if (isUser(member) && !seen.has(member.id)) {
        seen.add(member.id);
        report.add(member);
      }
    }
    for (const { group, parent } of nested) report.addNestedGroup({ id: group.id, name: nameOf(group), parent });
    const below = prefetchInOrder(nested, ({ group }) =>
      transitiveUsers(graph, group.id, properties, { signal: ctx.signal }),
    );
    for await (const [{ group }, member] of below) {
      if (seen.has(member.id)) continue;
      seen.add(member.id);
      report.add(member, nameOf(group));
    }
    return result(report.finish());
  },
};

function result(report: UsernameReport): PropertyMap {
  return {
    users: report.totals.users,
    errors: report.totals.withErrors,
    warnings: report.totals.withWarnings,
    summary: summaryLine(report),
    table: renderTable(report),
    markdown: renderMarkdown(report),
    report: JSON.stringify(report),
  };
}

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

/**
 * Validates the arguments and collects the Graph properties that their expressions read.
 * @throws InputErrors with all failures
 */
function readArguments(given: PropertyMap): {
  args: Arguments;
  evaluators: { mapping: Evaluator; email?: Evaluator; currentExpression?: Evaluator };
  properties: string[];
} {
  const failures: CheckFailure[] = [];
  const properties = new Set(reportProperties);
  const evaluators: { mapping?: Evaluator; email?: Evaluator; currentExpression?: Evaluator } = {};
  for (const name of ["mapping", "email", "currentExpression"] as const) {
    const text = given[name];
    if (text === undefined || text === null) {
      if (name === "mapping") failures.push({ property: name, reason: "is required." });
    } else if (typeof text !== "string") failures.push({ property: name, reason: "must be an expression." });
    else {
      try {
        const tree: Expression = parse(text);
        for (const attribute of attributesIn(tree)) properties.add(graphProperty(attribute));
        evaluators[name] = compile(tree);
      } catch (error) {
        if (!(error instanceof ExpressionError)) throw error;
        failures.push({ property: name, reason: `${error.message} (character ${error.position + 1})` });
      }
    }
  }
  for (const name of ["groups", "domains"] as const) {
    const list = given[name] ?? undefined;
    if (list === undefined && name === "domains") continue;
    if (!Array.isArray(list)) failures.push({ property: name, reason: "must be a list of strings." });
    else {
      for (const [index, item] of list.entries()) {
        if (typeof item === "string" && item !== "") continue;
        failures.push({ property: formatPath([name, index]), reason: "must be a non-empty string." });
      }
    }
  }
  const { maxDetails } = given;
  if (
    maxDetails !== undefined &&
    maxDetails !== null &&
    !(typeof maxDetails === "number" && Number.isInteger(maxDetails) && maxDetails >= 0)
  ) {
    failures.push({ property: "maxDetails", reason: "must be a whole number of at least 0." });
  }
  const { mapping } = evaluators;
  if (failures.length > 0 || mapping === undefined) throw new InputErrors(failures);
  return { args: given as unknown as Arguments, evaluators: { ...evaluators, mapping }, properties: [...properties] };
}
