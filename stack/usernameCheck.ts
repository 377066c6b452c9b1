import * as pulumi from "@pulumi/pulumi";
import type { AccessGroups } from "../components/accessGroups";
import { emailExpression, userNameExpression, type Settings } from "../config";
import { entra } from "../provider/sdk";

/** The outcome of the user name check, as a stack output. */
export interface UsernameSummary {
  users: number;
  errors: number;
  warnings: number;
  summary: string;
}

/**
 * Who gets which name, who collides and who cannot log in, before the mapping or anything after it is changed. In a preview in which
 * a group is yet to be made there is nobody to check.
 * @throws Error when people have errors and the setting `checks.usernames` is `error`
 */
export async function checkUsernames(
  settings: Settings,
  groups: AccessGroups,
  provider: pulumi.ProviderResource,
): Promise<UsernameSummary | undefined> {
  const mode = settings.checks.usernames;
  if (mode === "off") return undefined;
  const check = async (ids: string[]): Promise<UsernameSummary> => {
    const result = await entra.checkUsernames(
      {
        groups: ids,
        mapping: userNameExpression(settings.mapping),
        email: emailExpression(settings.mapping),
        domains: settings.oidc.emailDomains,
      },
      { provider },
    );
    await report(result, mode);
    const { users, errors, warnings, summary } = result;
    return { users, errors, warnings, summary };
  };
  const ids = await known(groups.groups.map(({ objectId }) => objectId));
  if (ids.length === 0) return undefined;
  // Awaited: everything declared after this waits for it, and nothing is changed for names that are refused.
  return check(ids);
}

/** Those values that are known: in a preview, a group that is yet to be made has no id, and no members. */
async function known(values: readonly pulumi.Output<string>[]): Promise<string[]> {
  const found = await Promise.all(
    values.map(async (value) => {
      // Present on every Output, though left out of the published type.
      const { isKnown } = value as unknown as { isKnown: Promise<boolean> };
      return (await isKnown) ? new Promise<string>((resolve) => value.apply(resolve)) : undefined;
    }),
  );
  return found.filter((value) => value !== undefined);
}

async function report(result: entra.CheckUsernamesResult, mode: "error" | "warn"): Promise<void> {
  if (result.errors === 0 && result.warnings === 0) {
    await pulumi.log.info(result.summary);
    return;
  }
  if (result.errors > 0 && mode === "error") {
    throw new Error(
      `checks.usernames: ${result.summary}\n${result.table}\n` +
        "Nothing was changed after the groups. Correct the people or the mapping, or set checks.usernames to warn",
    );
  }
  await pulumi.log.warn(`${result.summary}\n${result.table}`);
}
