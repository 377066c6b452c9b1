import { LineCounter, parseDocument } from "yaml";
import { z } from "zod";

import { isObject } from "../json";
import { tenantSeed, type TenantSeed } from "./seedSchema";

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
  const problems = [
    ...(error?.issues ?? []).map(({ path, message }) => problemAt(path, message)),
    ...referenceProblems(seed),
  ];
  if (problems.length > 0) throw new TenantSeedError(problems);
  return seed as TenantSeed;
}

/** Returns the problems of references between the objects of a seed, which can have other problems. */
function referenceProblems(seed: unknown): string[] {
  if (!isObject(seed)) return [];
  const problems: string[] = [];
  const domains = lowercase(seed["domains"]);
  if (!domains.some((name) => name.endsWith(".onmicrosoft.com"))) {
    problems.push("domains: must contain the initial domain of the tenant, which ends in .onmicrosoft.com");
  }
  const [users, groups] = [objects(seed["users"]), objects(seed["groups"])];
  const upns = lowercase(users.map(({ userPrincipalName }) => userPrincipalName));
  const names = groups.map(({ displayName }) => displayName);
  const checkUser = (path: (string | number)[], value: unknown) => {
    if (typeof value !== "string" || upns.includes(value.toLowerCase())) return;
    problems.push(problemAt(path, `must be the userPrincipalName of a user of the seed, not "${value}"`));
  };
  users.forEach(({ manager }, index) => {
    const path = ["users", index, "userPrincipalName"];
    const upn = upns[index] ?? "";
    const domain = upn.split("@")[1];
    if (domain !== undefined && !domains.includes(domain)) {
      problems.push(problemAt(path, `has the domain ${domain}. Allowed: ${domains.join(", ")}`));
    }
    if (upn !== "" && upns.indexOf(upn) < index)
      problems.push(problemAt(path, `another user is already named "${upn}"`));
    checkUser(["users", index, "manager"], manager);
  });
  groups.forEach((group, index) => {
    for (const list of ["members", "owners"]) {
      strings(group[list]).forEach((one, place) => checkUser(["groups", index, list, place], one));
    }
    strings(group["groups"]).forEach((one, place) => {
      if (names.filter((name) => name === one).length === 1) return;
      const problem = `must be the displayName of exactly one group of the seed, not "${one}"`;
      problems.push(problemAt(["groups", index, "groups", place], problem));
    });
  });
  return problems;
}

function problemAt(path: readonly PropertyKey[], problem: string): string {
  return path.length === 0 ? problem : `${z.core.toDotPath(path)}: ${problem}`;
}

function objects(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.map((one: unknown) => (isObject(one) ? one : {})) : [];
}

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.map((one) => (typeof one === "string" ? one : "")) : [];
}

function lowercase(value: unknown): string[] {
  return strings(value).map((one) => one.toLowerCase());
}
