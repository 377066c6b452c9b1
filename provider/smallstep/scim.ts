import { getJson, type GetOptions } from "./http";

/**
 * How many users a SCIM directory holds. RFC 7644, section 3.4.2.4: `count=0` asks for the total only.
 * @throws HttpError (401: the token is refused), or Error when the answer is not a SCIM list
 */
export async function countUsers(tenantUrl: string, token: string, options: GetOptions = {}): Promise<number> {
  const url = `${tenantUrl.replace(/\/+$/, "")}/Users?count=0`;
  const list = (await getJson(url, {
    ...options,
    headers: { accept: "application/scim+json", authorization: `Bearer ${token}` },
  })) as { totalResults?: unknown } | null;
  if (typeof list?.totalResults !== "number") {
    throw new Error(`${url} did not answer with a SCIM list (totalResults is missing)`);
  }
  return list.totalResults;
}
