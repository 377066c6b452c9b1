import { readTeam, withFolk, writeTeam, type FolkSettings } from "../provider/folk";

export interface SwitchSettings {
  folk: FolkSettings;
  teamSlug: string;
  directoryId: string;
}

/**
 * Step 3: points the team at the directory: one row, by its slug. The quickstart's statement has no WHERE and would repoint
 * every team.
 * @throws Error in words when there is not exactly one such team; then nothing is changed
 */
export async function switchTeam(settings: SwitchSettings, log: (line: string) => void): Promise<void> {
  const { folk, teamSlug, directoryId } = settings;
  await withFolk(folk, async (client) => {
    const before = await readTeam(client, teamSlug);
    if (before.directoryId?.toLowerCase() === directoryId.toLowerCase()) {
      log(`team "${teamSlug}" uses directory ${directoryId} already`);
      return;
    }
    await writeTeam(client, teamSlug, directoryId);
    log(`team "${teamSlug}" now uses directory ${directoryId} (before: ${before.directoryId ?? "none"})`);
  });
}
