import { parseDocument, type Document } from "yaml";
import { CliError } from "../common/errors";

type Tree = Record<string, unknown>;

/** An editor for `Pulumi.<stack>.yaml`. It changes only the given settings: comments, secrets and provider settings stay. */
export class StackFile {
  private constructor(
    private readonly document: Document,
    private readonly project: string,
    private readonly name: string,
  ) {}

  /** Parses a stack file. @throws CliError if it is not YAML, or if the file or its `config` is not an object */
  static parse(text: string, project: string, name: string): StackFile {
    const document = parseDocument(text);
    const [problem] = document.errors;
    if (problem !== undefined)
      throw new CliError([`${name}: is not valid YAML (${problem.message.split("\n")[0] ?? ""}).`]);
    const content = document.toJS() as unknown;
    if (content !== null && content !== undefined && !isTree(content))
      throw new CliError([`${name}: is not an object.`]);
    if (isTree(content) && content["config"] != null && !isTree(content["config"])) {
      throw new CliError([`${name}: config is not an object.`]);
    }
    return new StackFile(document, project, name);
  }

  /** Returns the stack's settings by section, without secrets. */
  settings(): Tree {
    const config = this.config();
    const prefix = `${this.project}:`;
    const own = Object.entries(config).filter(([key]) => key.startsWith(prefix));
    return Object.fromEntries(own.map(([key, value]) => [key.slice(prefix.length), withoutSecrets(value)]));
  }

  /** Tests whether a setting, such as `oidc.clientSecret`, has a secret value. */
  hasSecret(path: string): boolean {
    const [section = "", ...rest] = path.split(".");
    let value: unknown = this.config()[`${this.project}:${section}`];
    for (const key of rest) value = isTree(value) ? value[key] : undefined;
    return isSecret(value);
  }

  /** Replaces sections, and keeps their secrets. Returns the existing cleartext settings that change, by path. */
  set(sections: Tree): { path: string; before: unknown; after: unknown }[] {
    const changes: { path: string; before: unknown; after: unknown }[] = [];
    const existing = this.config();
    for (const [section, value] of Object.entries(sections)) {
      const key = `${this.project}:${section}`;
      const before = existing[key];
      const wanted = withSecretsOf(before, value);
      if (JSON.stringify(before) === JSON.stringify(wanted)) continue;
      compare(section, withoutSecrets(before), value, changes);
      if (isTree(wanted) && Object.keys(wanted).length === 0) this.document.deleteIn(["config", key]);
      else this.document.setIn(["config", key], this.document.createNode(wanted));
    }
    return changes;
  }

  toString(): string {
    return this.document.toString({ lineWidth: 0 });
  }

  /** Rejects changes of existing settings. @throws CliError that names each setting that would change */
  refuse(changes: readonly { path: string; before: unknown; after: unknown }[]): void {
    if (changes.length === 0) return;
    throw new CliError(
      changes.map(({ path, before, after }) => {
        const now =
          after === undefined
            ? "the discovered value is its default"
            : `the discovered value is ${JSON.stringify(after)}`;
        return `${this.name}: ${path} is ${JSON.stringify(before)}, but ${now}. Use --force to replace it.`;
      }),
    );
  }

  private config(): Tree {
    const content = this.document.toJS() as Tree | null;
    return (content?.["config"] ?? {}) as Tree;
  }
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSecret(value: unknown): boolean {
  return isTree(value) && Object.keys(value).length === 1 && typeof value["secure"] === "string";
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

function compare(
  path: string,
  before: unknown,
  after: unknown,
  changes: { path: string; before: unknown; after: unknown }[],
): void {
  if (before === undefined) return;
  if (isTree(before) && isTree(after)) {
    for (const [key, value] of Object.entries(before)) compare(`${path}.${key}`, value, after[key], changes);
  } else if (JSON.stringify(before) !== JSON.stringify(after)) changes.push({ path, before, after });
}
