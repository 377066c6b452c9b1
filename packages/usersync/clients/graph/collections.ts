import type { GraphClient, GraphRequest } from "./client";

/**
 * Yields all entries of a collection. Requests the next page when the consumer has read the current one.
 * @throws GraphError
 */
export async function* listAll<T>(
  graph: GraphClient,
  call: Omit<GraphRequest, "method" | "body">,
): AsyncGenerator<T, void, undefined> {
  for (let path: string | undefined = call.path; path !== undefined;) {
    const page = (await graph.request({ ...call, method: "GET", path })) as
      { value?: T[]; "@odata.nextLink"?: string } | undefined;
    yield* page?.value ?? [];
    path = page?.["@odata.nextLink"];
  }
}

/** Returns an OData comparison of a property with a string. */
export function eq(property: string, value: string): string {
  return `${property} eq '${value.replaceAll("'", "''")}'`;
}

/** Returns the URL-encoded `$filter` option that requires all comparisons. */
export function where(...comparisons: readonly string[]): string {
  return `$filter=${encodeURIComponent(comparisons.join(" and "))}`;
}
