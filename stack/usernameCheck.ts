import * as pulumi from "@pulumi/pulumi";
import type { ResolvedGroup } from "../components/accessGroups";
import { emailExpression, userNameExpression, type StackSettings, type Team } from "../config";
import { entra } from "../provider/sdk";
import { valueIfKnown } from "./known";

/** The outcome of the user name check of a team, as a stack output. */
export interface UsernameSummary {
  users: number;
  errors: number;
  warnings: number;
  summary: string;
}

/**
 * Who gets which name, who collides and who cannot log in, before any mapping or anything after it is changed. Teams with the same
 * people and the same mapping are checked once. In a preview in which a group is yet to be made there is nobody to check.
 * @returns by team, of those that were checked
 * @throws Error when people have errors and the setting `checks.usernames` is `error`
 */
export async function checkUsernames(
  { teams, checks }: StackSettings,
  groupsOf: (team: Team) => readonly ResolvedGroup[],
  provider: pulumi.ProviderResource,
): Promise<Map<Team, UsernameSummary>> {
  const summaries = new Map<Team, UsernameSummary>();
  if (checks.usernames === "off") return summaries;
  const asked = new Map<string, Promise<entra.CheckUsernamesResult>>();
  const answers: { team: Team; answer: Promise<entra.CheckUsernamesResult> }[] = [];
  for (const team of teams) {
    const { mapping, oidc } = team.settings;
    const values = await Promise.all(groupsOf(team).map(({ objectId }) => valueIfKnown(objectId)));
    const ids = values.filter((id) => id !== undefined);
    if (ids.length === 0) continue;
    const args = {
      groups: ids,
      mapping: userNameExpression(mapping),
      email: emailExpression(mapping),
      domains: oidc.emailDomains,
    };
    const key = JSON.stringify(args);
    const answer = asked.get(key) ?? entra.checkUsernames(args, { provider });
    asked.set(key, answer);
    answers.push({ team, answer });
  }
  const refused: string[] = [];
  const told = new Set<Promise<entra.CheckUsernamesResult>>();
  for (const { team, answer } of answers) {
    // Awaited: everything declared after this waits for it, and nothing is changed for names that are refused.
    const result = await answer;
    const { users, errors, warnings, summary } = result;
    summaries.set(team, { users, errors, warnings, summary });
    const { scim, guards } = team.settings;
    const idle = idleThreshold(scim.deletionThreshold, users, guards.maxLockedOutPercent);
    if (idle !== undefined) await pulumi.log.warn(`${team.at("scim.deletionThreshold")}: ${idle}`);
    if (told.has(answer)) continue;
    told.add(answer);
    const text = teams.length === 1 ? "" : `Team ${team.key}: `;
    if (errors > 0 && checks.usernames === "error") refused.push(`${text}${summary}\n${result.table}`);
    else if (errors > 0 || warnings > 0) await pulumi.log.warn(`${text}${summary}\n${result.table}`);
    else await pulumi.log.info(`${text}${summary}`);
  }
  if (refused.length === 0) return summaries;
  throw new Error(
    `checks.usernames: ${refused.join("\n")}\n` +
      "Nothing was changed after the groups. Correct the people or the mapping, or set checks.usernames to warn",
  );
}

/** That accidental-deletion prevention would let everybody go, in words; undefined when it would not. */
export function idleThreshold(threshold: number, people: number, percent: number): string | undefined {
  if (people === 0 || threshold < people) return undefined;
  const share = Math.max(1, Math.floor((people * Math.min(percent, 50)) / 100));
  return (
    `is ${threshold}, and ${people} people are provisioned: a cycle that disables all of them would not be held. ` +
    `Set it to ${share}, for example`
  );
}
