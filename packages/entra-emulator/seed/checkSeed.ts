import { newGroup } from "../state/newGroup";
import { newUser } from "../state/newUser";

type Json = Record<string, unknown>;

const tenantProperties = ["tenantId", "displayName", "domains", "users", "groups"];
const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const domainName = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}$/i;

/** Values of properties that Graph restricts. */
const allowedValues: Readonly<Record<string, readonly string[]>> = {
  userType: ["Member", "Guest"],
  membershipRuleProcessingState: ["On", "Paused"],
};

/** An object with every property, whose values show the types. Null means a string, a boolean or an object. */
const userTemplate: Json = newUser({ userPrincipalName: "", displayName: "" });
const groupTemplate: Json = newGroup({ displayName: "" });

/** Returns all problems of a tenant seed, each as one sentence with the path of the value. Empty if the seed is valid. */
export function checkSeed(seed: unknown): string[] {
  const problems: string[] = [];
  const report = (path: string, problem: string) => void problems.push(`${path}: ${problem}`);
  if (!isObject(seed)) return [`The seed must be an object with the properties ${tenantProperties.join(", ")}.`];
  for (const name of Object.keys(seed)) {
    if (!tenantProperties.includes(name)) report(name, `unknown property. Allowed: ${tenantProperties.join(", ")}.`);
  }
  if (!isText(seed["displayName"])) report("displayName", "must be a string that is not empty.");
  if (seed["tenantId"] !== undefined && !(isText(seed["tenantId"]) && guid.test(seed["tenantId"]))) {
    report("tenantId", "must be a GUID in lower case.");
  }
  const domains = checkDomains(seed["domains"], report);
  const users = checkUsers(objects(seed["users"], "users", report), domains, report);
  checkGroups(objects(seed["groups"], "groups", report), users, report);
  return problems;
}

type Report = (path: string, problem: string) => void;

function checkDomains(value: unknown, report: Report): ReadonlySet<string> | undefined {
  if (!Array.isArray(value) || value.length === 0) {
    report("domains", "must be a list of domain names. The first is the default domain.");
    return undefined;
  }
  value.forEach((one: unknown, index) => {
    if (!isText(one) || !domainName.test(one))
      report(`domains[${index}]`, "must be a domain name such as contoso.com.");
  });
  const names = value.filter(isText).map((name) => name.toLowerCase());
  if (!names.some((name) => name.endsWith(".onmicrosoft.com"))) {
    report("domains", "must contain the initial domain of the tenant, which ends in .onmicrosoft.com.");
  }
  return new Set(names);
}

/** Returns the UPNs in lower case. */
function checkUsers(users: [string, Json][], domains: ReadonlySet<string> | undefined, report: Report): Set<string> {
  const upns = new Set<string>();
  for (const [path, user] of users) {
    checkProperties(path, user, userTemplate, ["manager"], report);
    const upn = user["userPrincipalName"];
    if (!isText(upn) || !/^[^@]+@[^@]+$/.test(upn)) {
      report(`${path}.userPrincipalName`, "must be a name and a domain, such as ada@contoso.com.");
      continue;
    }
    const domain = upn.slice(upn.indexOf("@") + 1).toLowerCase();
    if (domains && !domains.has(domain)) {
      report(`${path}.userPrincipalName`, `has the domain ${domain}. Allowed: ${[...domains].join(", ")}.`);
    }
    if (upns.has(upn.toLowerCase())) report(`${path}.userPrincipalName`, `another user is already named "${upn}".`);
    upns.add(upn.toLowerCase());
  }
  for (const [path, { manager }] of users) {
    if (manager !== undefined) checkReference(`${path}.manager`, manager, upns, "userPrincipalName", report);
  }
  return upns;
}

function checkGroups(groups: [string, Json][], upns: ReadonlySet<string>, report: Report): void {
  const names = groups.map(([, { displayName }]) => displayName).filter(isText);
  const unique = new Set(names.filter((name) => names.indexOf(name) === names.lastIndexOf(name)));
  for (const [path, group] of groups) {
    checkProperties(path, group, groupTemplate, ["members", "owners", "groups"], report);
    for (const name of ["members", "owners", "groups"]) {
      const list = group[name];
      if (list === undefined) continue;
      if (!Array.isArray(list)) report(`${path}.${name}`, "must be a list of strings.");
      else {
        list.forEach((one: unknown, index) => {
          const place = `${path}.${name}[${index}]`;
          if (name !== "groups") checkReference(place, one, upns, "userPrincipalName", report);
          else if (!isText(one) || !unique.has(one)) {
            report(place, `must be the displayName of exactly one group of the seed, not ${shown(one)}.`);
          }
        });
      }
    }
  }
}

function checkProperties(path: string, object: Json, template: Json, extra: readonly string[], report: Report): void {
  if (!isText(object["displayName"])) report(`${path}.displayName`, "must be a string that is not empty.");
  for (const [name, value] of Object.entries(object)) {
    if (name === "displayName" || name === "userPrincipalName" || extra.includes(name)) continue;
    const place = `${path}.${name}`;
    if (!(name in template)) {
      const kind = template === userTemplate ? "user" : "group";
      report(place, `unknown property. Allowed: ${extra.join(", ")} and the properties of the Graph resource ${kind}.`);
      continue;
    }
    const allowed = allowedValues[name];
    if (allowed && !(isText(value) && allowed.includes(value))) {
      report(place, `must be ${allowed.map(shown).join(" or ")}, not ${shown(value)}.`);
    } else if (name === "id" && !(isText(value) && guid.test(value))) report(place, "must be a GUID in lower case.");
    else {
      const problem = typeProblem(value, template[name]);
      if (problem !== undefined) report(place, problem);
    }
  }
}

/** Returns how a value differs from the type of the example, or undefined. */
function typeProblem(value: unknown, example: unknown): string | undefined {
  if (typeof value === "number") return `must not be a number. Put it in quotes: "${value}".`;
  if (Array.isArray(example)) return Array.isArray(value) ? undefined : `must be a list, not ${shown(value)}.`;
  if (typeof example === "boolean" && typeof value !== "boolean") return `must be true or false, not ${shown(value)}.`;
  if (typeof example === "string" && typeof value !== "string") return `must be a string, not ${shown(value)}.`;
  return undefined;
}

function checkReference(path: string, value: unknown, known: ReadonlySet<string>, key: string, report: Report): void {
  if (isText(value) && known.has(value.toLowerCase())) return;
  report(path, `must be the ${key} of a user of the seed, not ${shown(value)}.`);
}

function objects(value: unknown, path: string, report: Report): [string, Json][] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) {
    report(path, "must be a list.");
    return [];
  }
  return value.flatMap((one: unknown, index): [string, Json][] => {
    if (isObject(one)) return [[`${path}[${index}]`, one]];
    report(`${path}[${index}]`, "must be an object.");
    return [];
  });
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
