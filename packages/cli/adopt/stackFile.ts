import { parse, parseDocument, isMap, isSeq, type Document, type Node } from "yaml";
import * as z from "zod";
import { oneLine } from "@smallstep-ssh/usersync/output";
import { CliError, parserReason } from "../common/errors";

/** Settings, nested as in the stack's file. */
export type Tree = Record<string, unknown>;

/** A cleartext setting that would change. */
export interface Change {
  path: string;
  before: unknown;
  after: unknown;
}

const projectSchema = z.object({ name: z.string() });

/** Returns the name of a project. @throws CliError if the project is not YAML, or has no name */
export function projectName(project: string): string {
  try {
    return projectSchema.parse(parse(project, { logLevel: "error" })).name;
  } catch (error) {
    const reason = error instanceof z.ZodError ? "it has no name" : parserReason(error);
    throw new CliError([`Pulumi.yaml: is not a project (${reason}).`]);
  }
}

const tree = z.record(z.string(), z.unknown());
const secret = z.strictObject({ secure: z.string() });
const content = z.looseObject({ config: tree.nullish() }).nullish();

/** An editor for `Pulumi.<stack>.yaml`. It changes only the given settings: comments, secrets and provider settings stay. */
export class StackFile {
  private constructor(
    private readonly document: Document,
    private readonly project: string,
    private readonly name: string,
  ) {}

  /** Parses a stack file. @throws CliError if it is not YAML, or if the file or its `config` is not an object */
  static parse(text: string, project: string, name: string): StackFile {
    const document = parseDocument(text, { logLevel: "error" });
    const [problem] = document.errors;
    if (problem !== undefined) throw new CliError([`${name}: is not valid YAML (${parserReason(problem)}).`]);
    const { error } = content.safeParse(document.toJS());
    if (error !== undefined) {
      const subject = error.issues[0]?.path.includes("config") ? "config is" : "is";
      throw new CliError([`${name}: ${subject} not an object.`]);
    }
    return new StackFile(document, project, name);
  }

  /** Returns the stack's settings by section, without secrets. */
  settings(): Tree {
    const prefix = `${this.project}:`;
    const own = Object.entries(this.config()).filter(([key]) => key.startsWith(prefix));
    return Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), withoutSecrets(value)]));
  }

  /** Tests whether a setting, such as `oidc.clientSecret`, has a secret value. */
  hasSecret(path: string): boolean {
    return isSecret(at(this.config(), [`${this.project}:${path.split(".", 1)[0]}`, ...path.split(".").slice(1)]));
  }

  /**
   * Replaces sections, and keeps their secrets. Returns the existing cleartext settings that change.
   * @param comments comments for the items of a list, by section, such as the name of a group that is known by its id
   */
  set(sections: Tree, comments: Readonly<Record<string, readonly string[]>> = {}): Change[] {
    const changes: Change[] = [];
    const existing = this.config();
    for (const [section, value] of Object.entries(sections)) {
      const key = `${this.project}:${section}`;
      const before = existing[key];
      const wanted = withSecretsOf(before, value);
      if (JSON.stringify(before) === JSON.stringify(wanted)) continue;
      compare(section, withoutSecrets(before), value, changes);
      if (isTree(wanted) && Object.keys(wanted).length === 0) this.document.deleteIn(["config", key]);
      else this.document.setIn(["config", key], this.commented(wanted, comments[section] ?? []));
    }
    return changes;
  }

  toString(): string {
    return this.document.toString({ lineWidth: 0 });
  }

  /** Rejects changes of existing settings. @throws CliError that names each setting that would change */
  refuse(changes: readonly Change[]): void {
    if (changes.length === 0) return;
    const problems = changes.map(({ path, before, after }) => {
      const now = after === undefined ? "its default" : JSON.stringify(after);
      return `${this.name}: ${path} is ${JSON.stringify(before)}, but the discovered value is ${now}. Use --force to replace it.`;
    });
    throw new CliError(problems);
  }

  private commented(value: unknown, comments: readonly string[]): Node {
    const node = this.document.createNode(value);
    for (const [index, item] of isSeq(node) ? node.items.entries() : []) {
      if (isMap(item)) item.commentBefore = oneLine` ${comments[index] ?? ""}`;
    }
    return node;
  }

  private config(): Tree {
    return content.parse(this.document.toJS())?.config ?? {};
  }
}

/** Returns the value at a path. Undefined: there is none. */
export function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((found, key) => (isTree(found) ? found[key] : undefined), value);
}

/** Sets the value at a path. */
export function put(target: Tree, [key = "", ...rest]: readonly string[], value: unknown): void {
  const inner = target[key];
  if (rest.length === 0) target[key] = value;
  else put(isTree(inner) ? inner : (target[key] = {}), rest, value);
}

/** Tests whether a value is an object. */
export function isTree(value: unknown): value is Tree {
  return tree.safeParse(value).success;
}

function isSecret(value: unknown): boolean {
  return secret.safeParse(value).success;
}

function withoutSecrets(value: unknown): unknown {
  if (!isTree(value)) return value;
  const clear = Object.entries(value).filter(([, one]) => !isSecret(one));
  return Object.fromEntries(clear.map(([key, one]) => [key, withoutSecrets(one)]));
}

function withSecretsOf(before: unknown, wanted: unknown): unknown {
  if (!isTree(before) || (wanted !== undefined && !isTree(wanted))) return wanted;
  const kept = Object.entries(before).filter(([, value]) => isSecret(value));
  return { ...wanted, ...Object.fromEntries(kept) };
}

function compare(path: string, before: unknown, after: unknown, changes: Change[]): void {
  if (before === undefined) return;
  if (isTree(before) && isTree(after)) {
    for (const [key, value] of Object.entries(before)) compare(`${path}.${key}`, value, after[key], changes);
  } else if (JSON.stringify(before) !== JSON.stringify(after)) changes.push({ path, before, after });
}
