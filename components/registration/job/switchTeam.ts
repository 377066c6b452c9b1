import {
  DatabaseError,
  readTeam,
  teamsUsing,
  withDatabase,
  writeTeam,
  type DatabaseSettings,
  sharedDirectoryError,
} from "@smallstep-ssh/usersync/clients";
import { realClock, type Clock } from "./clock";

export interface SwitchSettings {
  database: DatabaseSettings;
  teamSlug: string;
  directoryId: string;
  /** Whether the team may use a directory that another team already uses. */
  allowSharedDirectory: boolean;
}

/** How long to retry while the database is unavailable. */
const databaseTimeoutMs = 90_000;

/**
 * Step 5: switches the team to the directory by updating exactly one row, selected by its slug. The quickstart's statement has no WHERE
 * clause and would switch every team. Retries while the database restarts. After a lost response, reads whether the change was made.
 * @throws Error when there is not exactly one such team, or when another team uses the directory; nothing is changed in that case
 */
export async function switchTeam(
  settings: SwitchSettings,
  log: (line: string) => void,
  clock: Clock = realClock,
): Promise<void> {
  const deadline = clock.now() + databaseTimeoutMs;
  for (let pause = 1000; ; pause = Math.min(pause * 2, 10_000)) {
    try {
      return await attempt(settings, log);
    } catch (error) {
      if (!(error instanceof DatabaseError) || !error.transient || clock.now() + pause > deadline) throw error;
      log(`${error.message} Retrying in ${pause / 1000} s`);
      await clock.sleep(pause);
    }
  }
}

async function attempt(settings: SwitchSettings, log: (line: string) => void): Promise<void> {
  const { database, teamSlug, directoryId, allowSharedDirectory } = settings;
  await withDatabase(database, async (client) => {
    const before = await readTeam(client, teamSlug);
    if (before.directoryId?.toLowerCase() === directoryId.toLowerCase()) {
      log(`team "${teamSlug}" already uses directory ${directoryId}`);
      return;
    }
    const others = allowSharedDirectory ? [] : await teamsUsing(client, directoryId, teamSlug);
    const shared = sharedDirectoryError(directoryId, teamSlug, others);
    if (shared !== undefined) throw new Error(shared);
    await writeTeam(client, teamSlug, directoryId);
    log(`team "${teamSlug}" now uses directory ${directoryId} (before: ${before.directoryId ?? "none"})`);
  });
}
