import { boundedList } from "entra-mappings";
import { readTeam, teamsUsing, withDatabase, type DatabaseSettings } from "@smallstep-ssh/usersync/clients";
import { tenantAddress, type Credential } from "./job";
import { differencesOf, type Part } from "./part";

/** The team's row in the folk database. */
export interface FoundTeam {
  slug: string;
  directoryId: string | null;
  /** Slugs of other teams that use the same directory. */
  sharing: string[];
}

/** Reads a team's row and the other teams that use its directory. @throws DatabaseError */
export async function readTeamUse(database: DatabaseSettings, slug: string): Promise<FoundTeam> {
  return withDatabase(database, async (client) => {
    const { directoryId } = await readTeam(client, slug);
    return { slug, directoryId, sharing: directoryId === null ? [] : await teamsUsing(client, directoryId, slug) };
  });
}

export function teamPart({ slug, directoryId, sharing }: FoundTeam, credentials: readonly Credential[]): Part {
  const directory = tenantAddress(credentials)?.directoryId.toLowerCase();
  return {
    found: ["team", `${slug}, directory ${directoryId ?? "none"}`],
    imports: [],
    settings: {},
    differences: differencesOf(`Team ${slug}`, [
      directory !== undefined &&
        directoryId?.toLowerCase() !== directory && [
          "change",
          `It uses ${directoryId === null ? "no directory" : `directory ${directoryId}`}, not the one that Entra provisions to.`,
          "runs the Job, which switches it once the directory contains users.",
        ],
      sharing.length > 0 && [
        "attention",
        `Other teams use its directory too: ${boundedList(sharing).join(", ")}. The usual cause is an update without "where".`,
        `leaves them unchanged. Restore each team first: update teams set ssh_directory_id = '...' where slug = '${sharing[0]}'.`,
      ],
    ]),
  };
}
