import { getJson, type GetOptions } from "./http";
import type { PublishedProvisioner } from "./provisioner";

/**
 * Everything that a CA publishes at `GET /provisioners`, page by page (step-ca: 20 by default, 100 at most; an empty
 * cursor ends).
 * @throws HttpError, or Error when the answer is not a list
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
    if (!Array.isArray(page?.provisioners)) throw new Error(`${base} did not answer with a list of provisioners`);
    all.push(...(page.provisioners as PublishedProvisioner[]));
    cursor = typeof page.nextCursor === "string" ? page.nextCursor : "";
    if (seen.has(cursor)) throw new Error(`${base} repeats its cursor: its pages never end`);
    seen.add(cursor);
  } while (cursor !== "");
  return all;
}
