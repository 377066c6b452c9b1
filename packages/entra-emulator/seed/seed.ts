import { LineCounter, parseDocument } from "yaml";
import { z } from "zod";

import { isObject, type Json } from "../json";
import { guid, objectTypes } from "../state/types";

const domainName = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}$/i;
const upn = z.string().regex(/^[^@]+@[^@]+$/, "must be a name and a domain, such as ada@contoso.com");
const names = z.array(z.string()).readonly().optional();

/** An initial user. `manager` is a UPN. */
const user = objectTypes.user.extend({ userPrincipalName: upn, manager: z.string().optional() });

/** An initial group. `members` and `owners` are UPNs; `groups` are the display names of nested groups. */
const group = objectTypes.group
  .partial({ mailNickname: true })
  .extend({ members: names, owners: names, groups: names });

/** Initial content of a tenant. */
const tenantSeed = z
  .strictObject({
    /** Default: the tenant id of `defaultTenant`. */
    tenantId: guid.optional(),
    displayName: z.string().min(1),
    /** Domain names. The first is the default domain. One must end in .onmicrosoft.com. */
    domains: z.array(z.string().regex(domainName, "must be a domain name such as contoso.com")).min(1).readonly(),
    users: z.array(user).readonly().optional(),
    groups: z.array(group).readonly().optional(),
  })
  .check(z.superRefine(checkReferences, { when: () => true }));

export type UserSeed = z.input<typeof user>;
export type GroupSeed = z.input<typeof group>;
export type TenantSeed = z.input<typeof tenantSeed>;

/** All problems of a tenant seed. The message has one problem on each line. */
export class TenantSeedError extends Error {
  override readonly name = "TenantSeedError";

  constructor(
    /** One sentence for each problem, with the path of the value and the allowed values. */
    readonly problems: readonly string[],
  ) {
    super(problems.join("\n"));
  }
}

/** Parses a tenant seed from JSON or YAML. @throws TenantSeedError with all problems */
export function parseTenantSeed(text: string): TenantSeed {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const syntaxErrors = document.errors.map(({ message, pos: [start] }) => {
    const { line, col } = lines.linePos(start);
    return `Line ${line}, column ${col}: ${message}`;
  });
  if (syntaxErrors.length > 0) throw new TenantSeedError(syntaxErrors);
  const seed: unknown = document.toJS();
  const { error } = tenantSeed.safeParse(seed);
  if (!error) return seed as TenantSeed;
  const problems = error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${z.core.toDotPath(path)}: ${message}`,
  );
  throw new TenantSeedError(problems);
}

/** Checks references between the objects of a seed, which can have other problems. */
function checkReferences(seed: unknown, context: z.RefinementCtx): void {
  if (!isObject(seed)) return;
  const report = (path: PropertyKey[], message: string) => context.addIssue({ code: "custom", path, message });
  const domains = lowercase(seed["domains"]);
  if (!domains.some((name) => name.endsWith(".onmicrosoft.com"))) {
    report(["domains"], "must contain the initial domain of the tenant, which ends in .onmicrosoft.com");
  }
  const [users, groups] = [objects(seed["users"]), objects(seed["groups"])];
  const upns = lowercase(users.map(({ userPrincipalName }) => userPrincipalName));
  const names = groups.map(({ displayName }) => displayName);
  const checkUser = (path: PropertyKey[], value: unknown) => {
    if (typeof value !== "string" || upns.includes(value.toLowerCase())) return;
    report(path, `must be the userPrincipalName of a user of the seed, not "${value}"`);
  };
  users.forEach(({ manager }, index) => {
    const path = ["users", index, "userPrincipalName"];
    const upn = upns[index] ?? "";
    const domain = upn.split("@")[1];
    if (domain !== undefined && !domains.includes(domain)) {
      report(path, `has the domain ${domain}. Allowed: ${domains.join(", ")}`);
    }
    if (upn !== "" && upns.indexOf(upn) < index) report(path, `another user is already named "${upn}"`);
    checkUser(["users", index, "manager"], manager);
  });
  groups.forEach((group, index) => {
    for (const list of ["members", "owners"]) {
      strings(group[list]).forEach((one, place) => checkUser(["groups", index, list, place], one));
    }
    strings(group["groups"]).forEach((one, place) => {
      if (names.filter((name) => name === one).length === 1) return;
      report(
        ["groups", index, "groups", place],
        `must be the displayName of exactly one group of the seed, not "${one}"`,
      );
    });
  });
}

function objects(value: unknown): Json[] {
  return Array.isArray(value) ? value.map((one: unknown) => (isObject(one) ? one : {})) : [];
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map((one) => (typeof one === "string" ? one : "")) : [];
}

function lowercase(value: unknown): string[] {
  return strings(value).map((one) => one.toLowerCase());
}
