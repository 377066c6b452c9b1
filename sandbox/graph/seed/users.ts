import type { NewUser } from "../state/new-user";
import { awkwardUsers } from "./awkward-users";
import { plainUsers } from "./plain-users";

/** A user to start with; `manager` by UPN. */
export type UserSeed = NewUser & { manager?: string };

/** Everybody of the seed tenant. */
export const seedUsers: UserSeed[] = [...awkwardUsers, ...plainUsers];
