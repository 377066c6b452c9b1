import {
  readTeam,
  teamsUsing,
  withDatabase,
  writeTeam,
  type DatabaseSettings,
  sharedDirectoryError,
} from "@smallstep-ssh/usersync/clients";
import { retryUntil, type Clock } from "./retryUntil";

export interface SwitchSettings {
  database: DatabaseSettings;
  teamSlug: string;
  directoryId: string;
  /** Whether the team may use a directory that another team already uses. */
  allowSharedDirectory: boolean;
}

/** How long to retry while the database is unavailable. */
const databaseTimeoutSeconds = 90;

/**
 * Step 5: switches the team to the directory by updating exactly one row, selected by its slug. The quickstart's statement has no WHERE
 * clause and would switch every team. Retries while the database restarts. After a lost response, reads whether the change was made.
 * @throws Error when there is not exactly one such team, or when another team uses the directory; nothing is changed in that case
 */
export async function switchTeam(settings: SwitchSettings, log: (line: string) => void, clock?: Clock): Promise<void> {
  const reason = await retryUntil(
    databaseTimeoutSeconds,
    async () => void (await attempt(settings, log)),
    (message, pauseMs) => log(`${message} Retrying in ${pauseMs / 1000} s`),
    clock,
  );
  if (reason !== undefined) throw new Error(reason);
}

async function attempt(settings: SwitchSettings, log: (line: string) => void): Promise<void> {
  const { database, teamSlug, directoryId, allowSharedDirectory } = settings;
  await withDatabase(database, async (client) => {
    const before = await readTeam(client, teamSlug);
    if (before.directoryId?.toLowerCase() === directoryId.toLowerCase()) {
      log(`team "${teamSlug}" already uses directory ${directoryId}`);
      return;
    }
    await writeTeam(client, teamSlug, directoryId, async () => {
      const others = allowSharedDirectory ? [] : await teamsUsing(client, directoryId, teamSlug);
      const shared = sharedDirectoryError(directoryId, teamSlug, others);
      if (shared !== undefined) throw new Error(shared);
    });
    log(`team "${teamSlug}" now uses directory ${directoryId} (before: ${before.directoryId ?? "none"})`);
  });
}
