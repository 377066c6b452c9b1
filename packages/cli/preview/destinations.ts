import { existsSync } from "node:fs";
import { lstat, readFile } from "node:fs/promises";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { destinationSettings, secretSettings, settingsByPath } from "@smallstep-ssh/stack";
import { isNode, parseDocument, visit } from "yaml";
import { at, isTree, type Tree } from "../adopt/stackFile";
import { fileExtensions, stackFileName } from "../engine/stack";

/** Longest file that is read, in bytes. */
const longestFile = 1024 * 1024;

/** One version of a project's files, as data. Undefined: there is not exactly one regular file of valid YAML or JSON. */
export interface Version {
  project: string | undefined;
  stack: Tree | undefined;
}

/** Reads the files of a version. It runs nothing and follows no link. */
export async function readVersion(folder: string, stack: string): Promise<Version> {
  const [project, own] = await Promise.all([
    readOnlyOne(fileExtensions.map((extension) => path.join(folder, `Pulumi${extension}`))),
    readOnlyOne(fileExtensions.map((extension) => path.join(folder, stackFileName(stack, extension)))),
  ]);
  return { project, stack: parse(own) };
}

/**
 * Returns what a proposed version changes of everything that decides where a preview sends credentials: names of settings or files.
 *
 * A setting that its declaration does not mark as a destination may differ. All else must be the same: other namespaces such as
 * `azuread`, unknown keys, the secrets provider, and the project's file, which can set defaults and select programs.
 */
export function findChanges(trusted: Version, proposed: Version, stack: string): string[] {
  if (trusted.project === undefined || trusted.project !== proposed.project) return ["Pulumi.yaml"];
  const project = projectName(trusted);
  const [before, after] = [trusted, proposed].map((version) => destinationsIn(version.stack, project));
  if (before === undefined || after === undefined) return [stackFileName(stack, ".yaml")];
  const found = [...new Set([...before.keys(), ...after.keys()])];
  return found.filter((key) => !isDeepStrictEqual(before.get(key), after.get(key))).map((key) => shown(key, project));
}

/**
 * Returns the destinations that a version sets to other values than those of the last deployment. Encrypted values are not compared.
 * A destination that the version does not set has a default and is not compared either.
 */
export function findUndeployed(version: Version, deployed: Readonly<Record<string, string>>): string[] {
  const project = projectName(version);
  const before = destinationsIn({ config: deployed }, project);
  return [...(destinationsIn(version.stack, project) ?? [])]
    .filter(([key, value]) => isConfig(key) && !hasSecret(value) && !isDeepStrictEqual(before?.get(key), value))
    .map(([key]) => shown(key, project));
}

/** Reads the file that exists. Undefined: there are several, or it is not a plain file. */
async function readOnlyOne(files: readonly string[]): Promise<string | undefined> {
  const [file, other] = files.filter((name) => existsSync(name));
  if (file === undefined || other !== undefined) return undefined;
  const stats = await lstat(file);
  return stats.isFile() && stats.size <= longestFile ? readFile(file, "utf8") : undefined;
}

/**
 * Parses YAML or JSON. Scalars stay text, because Pulumi's parser reads some of them as other values. Tags are not valid, nor other
 * line breaks than \n and \r\n: Pulumi's parser ends a comment at them, so that it reads what is a comment here.
 */
function parse(text = ""): Tree | undefined {
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text.replaceAll(/\r?\n|\t/g, ""))) return undefined;
  try {
    const document = parseDocument(text, { schema: "failsafe", logLevel: "error" });
    const value: unknown = document.toJS();
    let hasTag = false;
    visit(document, (_, node) => void (hasTag ||= isNode(node) && node.tag !== undefined));
    return !hasTag && document.errors.length + document.warnings.length === 0 && isTree(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Parses an object or a list that is given as JSON text, as the program does. Its scalars stay text, as in {@link parse}. */
function structured(value: unknown): unknown {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value, (_, inner: unknown) => (typeof inner === "object" ? inner : String(inner)));
  } catch {
    return value;
  }
}

function projectName({ project }: Version): string {
  return String(at(parse(project), ["name"]));
}

/**
 * Returns everything in a stack's file that must not change, by the names that lead to it, as JSON. So two values never have the same
 * key, whatever characters a name contains.
 */
function destinationsIn(file: Tree | undefined, project: string): Map<string, unknown> | undefined {
  const { config = {}, ...others } = file ?? {};
  if (file === undefined || !isTree(config)) return undefined;
  const found = new Map(Object.entries(others).map(([name, value]) => [JSON.stringify([name]), value]));
  const add = (names: readonly string[], value: unknown): void => {
    const setting = settingAt(names, project);
    const isSection = setting !== undefined && !settingsByPath.has(setting);
    if (isSection && isTree(value) && !("secure" in value)) {
      for (const [name, inner] of Object.entries(value)) add([...names, name], inner);
    } else if (!mayDiffer(setting, value)) found.set(JSON.stringify(names), value);
  };
  for (const [key, value] of Object.entries(config)) add(["config", key], structured(value));
  return found;
}

/** Returns the path of a setting without its team, such as `scim.baseUrl`. Undefined: the key belongs to another namespace. */
function settingAt([, key = "", ...inner]: readonly string[], project: string): string | undefined {
  if (!key.startsWith(`${project}:`)) return undefined;
  const section = key.slice(project.length + 1);
  return (section === "teams" ? inner.slice(1) : [section, ...inner]).join(".");
}

/** Encrypted values stay in the secret settings: elsewhere, the preview could show what they hold. */
function mayDiffer(setting: string | undefined, value: unknown): boolean {
  if (setting === undefined || !settingsByPath.has(setting) || destinationSettings.includes(setting)) return false;
  return secretSettings.includes(setting) || !hasSecret(value);
}

function hasSecret(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return "secure" in value || Object.values(value).some(hasSecret);
}

function isConfig(key: string): boolean {
  return key.startsWith('["config",');
}

/** Returns the name of a setting for a reader: `teams.blue.scim.baseUrl`, `azuread:environment`, `secretsprovider`. */
function shown(key: string, project: string): string {
  const names = JSON.parse(key) as string[];
  const text = (isConfig(key) ? names.slice(1) : names).join(".");
  return text.startsWith(`${project}:`) ? text.slice(project.length + 1) : text;
}
