import { getJson, type GetOptions } from "./http";

interface ScimList {
  totalResults: number;
  Resources: { active?: unknown }[];
}

/** Users asked for at once; a server may answer with fewer (RFC 7644, section 3.4.2.4). */
const pageSize = 100;

/**
 * How many active users a SCIM directory holds: those that Entra disabled stay in it, and cannot log in.
 * @param options.enough counting may stop there
 * @throws HttpError (401: the token is refused), or Error when the answer is not a SCIM list
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
    // A server without pages answers with everything at once.
    const over = page.Resources.length === 0 || startIndex > page.totalResults;
    if (over || active >= (options.enough ?? Infinity)) return active;
  }
}

/**
 * Which of some users a SCIM directory does not hold as active ones. Asked by the filter that Entra itself uses.
 * @throws HttpError, or Error when the answer is not a SCIM list
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
    throw new Error(`${url} did not answer with a SCIM list (totalResults is missing)`);
  }
  return {
    totalResults: answer.totalResults,
    Resources: Array.isArray(answer.Resources) ? answer.Resources : [],
  };
}

/** Servers that Entra writes to may keep its text "False". */
function isActive(user: { active?: unknown }): boolean {
  return String(user.active ?? true).toLowerCase() !== "false";
}
