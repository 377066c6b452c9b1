import * as z from "zod/mini";
import type { Shape } from "../json";
import { readPages } from "../paging";
import type { GraphClient, GraphRequest } from "./client";
import { GraphError } from "./errors";

type ListCall = Omit<GraphRequest, "method" | "body">;

/** Yields the pages of a collection. @param entry form of an entry. @throws GraphError */
export function listPages<T>(graph: GraphClient, call: ListCall, entry: Shape<T>): AsyncGenerator<readonly T[]> {
  const page = z.object({ value: z.array(entry), "@odata.nextLink": z.nullish(z.url({ protocol: /^https$/ })) });
  const read = async (path: string) => {
    const { value, "@odata.nextLink": next } = await graph.request({ ...call, method: "GET", path }, page);
    return { entries: value, next: next ?? undefined };
  };
  const fail = (problem: string) => new GraphError(`Microsoft Graph ${problem}, while trying to ${call.operation}.`, 0);
  return readPages(call.path, read, fail);
}

/**
 * Yields all entries of a collection. Requests the next page when the consumer has read the current one.
 * @throws GraphError
 */
export async function* listAll<T>(
  graph: GraphClient,
  call: ListCall,
  entry: Shape<T>,
): AsyncGenerator<T, void, undefined> {
  for await (const page of listPages(graph, call, entry)) yield* page;
}

/** Returns an OData comparison of a property with a string. */
export function eq(property: string, value: string): string {
  return `${property} eq '${value.replaceAll("'", "''")}'`;
}

/** Returns the URL-encoded `$filter` option that requires all comparisons. */
export function where(...comparisons: readonly string[]): string {
  return `$filter=${encodeURIComponent(comparisons.join(" and "))}`;
}
