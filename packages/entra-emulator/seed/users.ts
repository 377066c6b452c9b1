import type { NewUser } from "../state/newUser";
import { awkwardUsers } from "./edgeCaseUsers";
import { plainUsers } from "./typicalUsers";

/** An initial user. `manager` is a UPN. */
export type UserSeed = NewUser & { manager?: string };

/** All users of the default tenant. */
export const seedUsers: UserSeed[] = [...awkwardUsers, ...plainUsers];
