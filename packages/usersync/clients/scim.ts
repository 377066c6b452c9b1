import * as z from "zod/mini";
import { getJson, HttpError, type GetOptions } from "./http";
import { readPages } from "./paging";

const user = z.object({ id: z.string(), userName: z.optional(z.string()), active: z.optional(z.unknown()) });
const scimList = z.object({ totalResults: z.number(), Resources: z.optional(z.array(user)) });

/** Users per page. A server may return fewer (RFC 7644, section 3.4.2.4). */
const pageSize = 100;

/**
 * Counts the active users of a SCIM directory. Users that Entra disabled stay in it but cannot log in.
 * @param options.enough stop counting at this number; default: count all
 * @throws HttpError (401 if the token is rejected)
 */
export async function countActiveUsers(
  tenantUrl: string,
  token: string,
  options: GetOptions & { enough?: number } = {},
): Promise<number> {
  const { enough = Infinity, ...rest } = options;
  const fail = (problem: string) => new HttpError(`GET ${tenantUrl}/Users`, problem, 0);
  const ids = new Set<string>();
  let active = 0;
  const read = async (startIndex: number) => {
    const { totalResults, Resources = [] } = await list(
      tenantUrl,
      token,
      `count=${pageSize}&startIndex=${startIndex}`,
      rest,
    );
    if (startIndex === 1 && totalResults > 0 && Resources.length === 0) {
      throw fail(`reports ${totalResults} users but returned none`);
    }
    const entries = Resources.filter(({ id }) => !ids.has(id) && ids.add(id));
    // A server without paging returns all users each time.
    const isLast = entries.length === 0 || ids.size >= totalResults;
    return { entries, next: isLast ? undefined : startIndex + Resources.length };
  };
  for await (const users of readPages(1, read, fail)) {
    active += users.filter(isActive).length;
    if (active >= enough) break;
  }
  return active;
}

/**
 * Returns the user names that a SCIM directory does not hold as active users. Uses the same filter as Entra.
 * @throws HttpError
 */
export async function missingUsers(
  tenantUrl: string,
  token: string,
  userNames: readonly string[],
  options: GetOptions = {},
): Promise<string[]> {
  const missing: string[] = [];
  for (const wanted of userNames) {
    const filter = encodeURIComponent(`userName eq ${JSON.stringify(wanted)}`);
    const { Resources = [] } = await list(tenantUrl, token, `filter=${filter}`, options);
    // A server that ignores the filter returns other users.
    const found = Resources.some((one) => one.userName?.toLowerCase() === wanted.toLowerCase() && isActive(one));
    if (!found) missing.push(wanted);
  }
  return missing;
}

function list(tenantUrl: string, token: string, query: string, options: GetOptions) {
  return getJson(`${tenantUrl.replace(/\/+$/, "")}/Users?${query}`, scimList, {
    ...options,
    headers: { accept: "application/scim+json", authorization: `Bearer ${token}` },
  });
}

/** `active` is optional and true by default. Servers may store Entra's strings "True" and "False" unchanged. */
function isActive({ active = true }: z.infer<typeof user>): boolean {
  return active === true || (typeof active === "string" && active.toLowerCase() === "true");
}
