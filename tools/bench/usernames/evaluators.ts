/** Compares the compiled default preset with a handwritten function for the same mapping. */
import { compile, type AttributeLookup, presets, attribute, type DirectoryUser } from "entra-mappings";
import { generateUsers } from "./testUsers";

export interface EvaluatorTimes {
  /** Names per second, best of all rounds. */
  byHand: number;
  evaluator: number;
}

const count = 200_000;
const rounds = 15;

/** Maps `bill.gates@example.com` to `bill.gates`. Reduces a guest's name in the tenant to the guest's own address first. */
function byHand(user: DirectoryUser): string | null {
  let name = user.userPrincipalName;
  if (name === undefined || name === null) return null;
  const mark = name.indexOf("#EXT#");
  if (mark >= 0) {
    const own = name.slice(0, mark);
    const under = own.lastIndexOf("_");
    name = under < 0 ? own : `${own.slice(0, under)}@${own.slice(under + 1)}`;
  }
  const at = name.indexOf("@");
  return (at < 0 ? name : name.slice(0, at)).toLowerCase();
}

export function compareEvaluators(): EvaluatorTimes {
  // Through JSON, so that the objects have the same shape as users from a file or from Graph.
  const users = [...generateUsers(count)].map((person) => JSON.parse(JSON.stringify(person)) as DirectoryUser);
  const evaluate = compile(presets["upn-local-part"].expression);
  let current: DirectoryUser = {};
  // A local reference, as in the report: reading another module's export costs a call.
  const read = attribute;
  const lookup: AttributeLookup = (name) => read(current, name);
  const evaluated = (user: DirectoryUser) => {
    current = user;
    return evaluate(lookup);
  };
  for (const user of users) {
    const [expected, found] = [byHand(user), evaluated(user)];
    if (expected !== found)
      throw new Error(`The evaluators return different names: ${JSON.stringify([user, expected, found])}`);
  }
  const best = { byHand: Infinity, evaluator: Infinity };
  for (let round = 0; round < rounds; round++) {
    best.byHand = Math.min(best.byHand, time(users, byHand));
    best.evaluator = Math.min(best.evaluator, time(users, evaluated));
  }
  return { byHand: (count / best.byHand) * 1000, evaluator: (count / best.evaluator) * 1000 };
}

function time(users: readonly DirectoryUser[], map: (user: DirectoryUser) => unknown): number {
  const start = performance.now();
  let length = 0;
  for (const user of users) length += (map(user) as string).length;
  const end = performance.now();
  // Use the sum, so that the JavaScript engine cannot skip the work.
  if (length === 0) throw new Error("The mapping returned no names.");
  return end - start;
}
