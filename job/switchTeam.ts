import { DatabaseError, readTeam, teamsUsing, withDatabase, writeTeam, type DatabaseSettings } from "../provider/folk";
import { sharedDirectoryError } from "../provider/smallstep/directory";
import { realClock, type Clock } from "./clock";

export interface SwitchSettings {
  database: DatabaseSettings;
  teamSlug: string;
  directoryId: string;
  /** Whether the directory may be another team's as well. */
  allowSharedDirectory: boolean;
}

/** How long a database may take to come back. */
const databaseTimeoutMs = 90_000;

/**
 * Step 5: points the team at the directory: one row, by its slug. The quickstart's statement has no WHERE and would repoint
 * every team. A database that restarts is waited for; whether a change that got no answer was made is looked up.
 * @throws Error in words when there is not exactly one such team, or the directory is another team's; then nothing is changed
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
      log(`${error.message} Trying again in ${pause / 1000} s`);
      await clock.sleep(pause);
    }
  }
}

async function attempt(settings: SwitchSettings, log: (line: string) => void): Promise<void> {
  const { database, teamSlug, directoryId, allowSharedDirectory } = settings;
  await withDatabase(database, async (client) => {
    const before = await readTeam(client, teamSlug);
    if (before.directoryId?.toLowerCase() === directoryId.toLowerCase()) {
      log(`team "${teamSlug}" uses directory ${directoryId} already`);
      return;
    }
    const others = allowSharedDirectory ? [] : await teamsUsing(client, directoryId, teamSlug);
    const shared = sharedDirectoryError(directoryId, teamSlug, others);
    if (shared !== undefined) throw new Error(shared);
    await writeTeam(client, teamSlug, directoryId);
    log(`team "${teamSlug}" now uses directory ${directoryId} (before: ${before.directoryId ?? "none"})`);
  });
}
