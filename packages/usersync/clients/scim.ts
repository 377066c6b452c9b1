import { getJson, type GetOptions } from "./http";

interface ScimList {
  totalResults: number;
  Resources: { active?: unknown }[];
}

/** Users per page. A server may return fewer (RFC 7644, section 3.4.2.4). */
const pageSize = 100;

/**
 * Counts the active users of a SCIM directory. Users that Entra disabled stay in it but cannot log in.
 * @param options.enough stop counting at this number; default: count all
 * @throws HttpError (401 if the token is rejected); Error if the response is not a SCIM list
 */
export async function countActiveUsers(
  tenantUrl: string,
  token: string,
  options: GetOptions & { enough?: number } = {},
): Promise<number> {
  let active = 0;
  for (let startIndex = 1; ;) {
    const page = await list(tenantUrl, token, `count=${pageSize}&startIndex=${startIndex}`, options);
    active += page.Resources.filter(isActive).length;
    startIndex += page.Resources.length;
    // A server without paging returns all users at once.
    const over = page.Resources.length === 0 || startIndex > page.totalResults;
    if (over || active >= (options.enough ?? Infinity)) return active;
  }
}

/**
 * Returns the user names that a SCIM directory does not hold as active users. Uses the same filter as Entra.
 * @throws HttpError; Error if the response is not a SCIM list
 */
export async function missingUsers(
  tenantUrl: string,
  token: string,
  userNames: readonly string[],
  options: GetOptions = {},
): Promise<string[]> {
  const missing: string[] = [];
  for (const userName of userNames) {
    const filter = encodeURIComponent(`userName eq ${JSON.stringify(userName)}`);
    const { Resources } = await list(tenantUrl, token, `filter=${filter}`, options);
    if (!Resources.some(isActive)) missing.push(userName);
  }
  return missing;
}

async function list(tenantUrl: string, token: string, query: string, options: GetOptions): Promise<ScimList> {
  const url = `${tenantUrl.replace(/\/+$/, "")}/Users?${query}`;
  const answer = (await getJson(url, {
    ...options,
    headers: { accept: "application/scim+json", authorization: `Bearer ${token}` },
  })) as Partial<ScimList> | null;
  if (typeof answer?.totalResults !== "number") {
    throw new Error(`${url} did not return a SCIM list (totalResults is missing)`);
  }
  return {
    totalResults: answer.totalResults,
    Resources: Array.isArray(answer.Resources) ? answer.Resources : [],
  };
}

/** Handles servers that store Entra's string "False" unchanged. */
function isActive(user: { active?: unknown }): boolean {
  return String(user.active ?? true).toLowerCase() !== "false";
}
