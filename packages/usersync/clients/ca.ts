import * as z from "zod/mini";
import { HttpError, getJson, type GetOptions } from "./http";
import { readPages } from "./paging";

/** Provisioner as the CA publishes it, with step-ca's names (authority/provisioner/oidc.go). */
const provisioner = z.looseObject({ name: z.string(), type: z.string() });
export type PublishedProvisioner = Readonly<z.infer<typeof provisioner>>;
const answer = z.object({ provisioners: z.array(provisioner), nextCursor: z.nullish(z.string()) });

/**
 * Reads all provisioners that a CA publishes at `GET /provisioners`, page by page. step-ca returns 20 per page by
 * default, at most 100; an empty cursor ends the list.
 * @throws HttpError
 */
export async function publishedProvisioners(caUrl: string, options: GetOptions = {}): Promise<PublishedProvisioner[]> {
  const base = `${caUrl.replace(/\/+$/, "")}/provisioners`;
  const read = async (cursor: string) => {
    const query = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const { provisioners, nextCursor } = await getJson(`${base}?limit=100${query}`, answer, options);
    return { entries: provisioners, next: nextCursor || undefined };
  };
  const all: PublishedProvisioner[] = [];
  const fail = (problem: string) => new HttpError(`GET ${base}`, problem, 0);
  for await (const page of readPages("", read, fail, 1000)) all.push(...page);
  return all;
}
