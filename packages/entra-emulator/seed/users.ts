import type { NewUser } from "../state/newUser";
import { edgeCaseUsers } from "./edgeCaseUsers";
import { typicalUsers } from "./typicalUsers";

/** An initial user. `manager` is a UPN. */
export type UserSeed = NewUser & { manager?: string };

/** All users of the default tenant. */
export const seedUsers: UserSeed[] = [...edgeCaseUsers, ...typicalUsers];
