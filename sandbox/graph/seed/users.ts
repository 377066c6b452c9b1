import type { NewUser } from "../state/new-user";
import { awkwardUsers } from "./awkward-users";
import { plainUsers } from "./plain-users";

/** An initial user. `manager` is a UPN. */
export type UserSeed = NewUser & { manager?: string };

/** All users of the default tenant. */
export const seedUsers: UserSeed[] = [...awkwardUsers, ...plainUsers];
