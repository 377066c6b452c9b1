import * as pulumi from "@pulumi/pulumi";
import { isMap } from "./mergeTeamSettings";
import { formatConfigPath } from "./problems";
import { secretSettings } from "./schema";
import { valueAt } from "./validate";

/**
 * Returns one problem for each secret setting in plain text. The engine tells only whether a top-level key contains a secret: a team's
 * secret in plain text beside an encrypted one in `teams` passes, but no encrypted setting is ever a problem.
 * @param isEncrypted whether a top-level key, such as `database`, contains a secret value
 */
export function findPlainSecrets(
  settings: Readonly<Record<string, unknown>>,
  isEncrypted: (key: string) => boolean,
): string[] {
  return secretsIn(settings)
    .filter(({ path }) => !isEncrypted(path[0] ?? ""))
    .map(({ path }) => plainSecretMessage(formatConfigPath(path)));
}

/** Returns every secret setting that is set, at the top level or in a team. */
export function secretsIn(settings: Readonly<Record<string, unknown>>): { path: string[]; value: unknown }[] {
  const teams = isMap(settings["teams"]) ? Object.keys(settings["teams"]) : [];
  return [[], ...teams.map((key) => ["teams", key])]
    .flatMap((prefix) => secretSettings.map((setting) => [...prefix, ...setting.split(".")]))
    .map((path) => ({ path, value: valueAt(settings, path) }))
    .filter(({ value }) => value !== undefined);
}

export function plainSecretMessage(path: string): string {
  return `${path}: is a secret in plain text; encrypt it with \`pulumi config set --secret --path ${path}\``;
}

/** Returns whether the engine marks a key such as `azuread:clientSecret` as one that contains a secret value. */
export function isEncryptedKey(key: string): boolean {
  // The SDK exports this function, but its declaration file omits it.
  return (pulumi.runtime as typeof pulumi.runtime & { isConfigSecret(key: string): boolean }).isConfigSecret(key);
}
