import { getJson, type GetOptions } from "./http";
import type { PublishedProvisioner } from "../resources/registration/provisioner";

/**
 * Reads all provisioners that a CA publishes at `GET /provisioners`, page by page. step-ca returns 20 per page by
 * default, at most 100; an empty cursor ends the list.
 * @throws HttpError; Error if the response is not a list
 */
export async function publishedProvisioners(caUrl: string, options: GetOptions = {}): Promise<PublishedProvisioner[]> {
  const all: PublishedProvisioner[] = [];
  const seen = new Set<string>();
  const base = `${caUrl.replace(/\/+$/, "")}/provisioners`;
  let cursor = "";
  do {
    const page = (await getJson(
      `${base}?limit=100${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
      options,
    )) as { provisioners?: unknown; nextCursor?: unknown } | null;
    if (!Array.isArray(page?.provisioners)) throw new Error(`${base} did not return a list of provisioners`);
    all.push(...(page.provisioners as PublishedProvisioner[]));
    cursor = typeof page.nextCursor === "string" ? page.nextCursor : "";
    if (seen.has(cursor)) throw new Error(`${base} returned the same cursor twice: its pages would never end`);
    seen.add(cursor);
  } while (cursor !== "");
  return all;
}
