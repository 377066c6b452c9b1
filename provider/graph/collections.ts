import type { GraphClient, GraphRequest } from "./client";

/** All entries of a collection, page by page, each page asked for when the one before has been taken. */
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

/** An OData comparison of a property with a text. */
export function eq(property: string, value: string): string {
  return `${property} eq '${value.replaceAll("'", "''")}'`;
}

/** The query option that all of these must hold, ready for a URL. */
export function where(...comparisons: readonly string[]): string {
  return `$filter=${encodeURIComponent(comparisons.join(" and "))}`;
}
