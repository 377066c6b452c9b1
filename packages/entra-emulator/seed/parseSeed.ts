import { LineCounter, parseDocument } from "yaml";
import type { z } from "zod";

import { isObject } from "../state/properties";
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
  const { error } = tenantSeed.safeParse(seed, { reportInput: true });
  const problems = [...(error?.issues ?? []).flatMap(issueTexts), ...referenceProblems(seed)];
  if (problems.length > 0) throw new TenantSeedError(problems);
  return seed as TenantSeed;
}

function issueTexts(issue: z.core.$ZodIssue): string[] {
  const path = pathText(issue.path);
  if (issue.code === "unrecognized_keys") {
    const [list] = issue.path;
    const allowed =
      list === "users"
        ? "manager and the properties of the Graph resource user"
        : list === "groups"
          ? "members, owners, groups and the properties of the Graph resource group"
          : Object.keys(tenantSeed.shape).join(", ");
    return issue.keys.map((key) => `${pathText([...issue.path, key])}: unknown property. Allowed: ${allowed}.`);
  }
  if (path === "")
    return [`The seed must be an object with the properties ${Object.keys(tenantSeed.shape).join(", ")}.`];
  return [`${path}: ${expectation(issue)}`];
}

const expectedTypes: Readonly<Record<string, string>> = {
  array: "a list",
  boolean: "true or false",
  object: "an object",
  string: "a string",
};

function expectation(issue: z.core.$ZodIssue): string {
  const { input } = issue;
  if (typeof input === "number") return `must not be a number. Put it in quotes: "${input}".`;
  switch (issue.code) {
    case "invalid_type":
      return `must be ${expectedTypes[issue.expected] ?? issue.expected}, not ${shown(input)}.`;
    case "invalid_value":
      return `must be ${issue.values.map(shown).join(" or ")}, not ${shown(input)}.`;
    case "too_small":
      return issue.origin === "array" ? "must not be an empty list." : "must be a string that is not empty.";
    case "invalid_format": {
      if (issue.path[0] === "domains") return "must be a domain name such as contoso.com.";
      const isId = issue.path.at(-1) === "id" || issue.path.at(-1) === "tenantId";
      return isId ? "must be a GUID in lower case." : `has an invalid format: ${shown(input)}.`;
    }
    default:
      return issue.message;
  }
}

/** Returns the problems of domains, and of references between the objects of a seed that can have other problems. */
function referenceProblems(seed: unknown): string[] {
  if (!isObject(seed)) return [];
  const problems: string[] = [];
  const report = (path: (string | number)[], problem: string) => void problems.push(`${pathText(path)}: ${problem}`);
  const domains = lowercase(seed["domains"]);
  if (Array.isArray(seed["domains"]) && !domains.some((name) => name.endsWith(".onmicrosoft.com"))) {
    report(["domains"], "must contain the initial domain of the tenant, which ends in .onmicrosoft.com.");
  }
  const [users, groups] = [objects(seed["users"]), objects(seed["groups"])];
  const upns = lowercase(users.map(({ userPrincipalName }) => userPrincipalName));
  const names = groups.map(({ displayName }) => displayName);
  const checkUser = (path: (string | number)[], value: unknown) => {
    if (typeof value !== "string" || upns.includes(value.toLowerCase())) return;
    report(path, `must be the userPrincipalName of a user of the seed, not ${shown(value)}.`);
  };
  users.forEach(({ userPrincipalName: upn, manager }, index) => {
    if (typeof upn === "string") {
      const path = ["users", index, "userPrincipalName"];
      const [localPart, domain, ...rest] = upn.toLowerCase().split("@");
      if (!localPart || !domain || rest.length > 0)
        report(path, "must be a name and a domain, such as ada@contoso.com.");
      else if (!domains.includes(domain)) report(path, `has the domain ${domain}. Allowed: ${domains.join(", ")}.`);
      if (upns.indexOf(upn.toLowerCase()) < index) report(path, `another user is already named "${upn}".`);
    }
    checkUser(["users", index, "manager"], manager);
  });
  groups.forEach((group, index) => {
    for (const list of ["members", "owners"]) {
      strings(group[list]).forEach((one, place) => checkUser(["groups", index, list, place], one));
    }
    strings(group["groups"]).forEach((one, place) => {
      if (names.filter((name) => name === one).length === 1) return;
      const problem = `must be the displayName of exactly one group of the seed, not ${shown(one)}.`;
      report(["groups", index, "groups", place], problem);
    });
  });
  return problems;
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

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    return text === "" ? String(key) : `${text}.${String(key)}`;
  }, "");
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
