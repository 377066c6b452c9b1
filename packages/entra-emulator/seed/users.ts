import type { NewUser } from "../state/newUser";

/** An initial user. `manager` is a UPN. */
export type UserSeed = NewUser & { manager?: string };
