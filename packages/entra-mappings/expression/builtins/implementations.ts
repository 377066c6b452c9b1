import type { CallSite } from "../callsite";
import type { Thunk } from "../value";
import { dates } from "./dates";
import { lists } from "./lists";
import { logic } from "./logic";
import { numbers } from "./numbers";
import { replace } from "./replace";
import { texts } from "./strings";

/** Compiles a call to the function that computes its value. */
export type Builtin = (site: CallSite) => Thunk;

/** The functions that can be previewed, by name. For all other functions, the specification contains the reason. */
export const builtins: ReadonlyMap<string, Builtin> = new Map(
  Object.entries({ ...texts, ...lists, ...logic, ...numbers, ...dates, Replace: replace }),
);
