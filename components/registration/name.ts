import { createHash } from "node:crypto";

/** As long as a Job's name can be, with a generation behind it: the names of its Pods are labels too. */
const maxNameLength = 54;

/**
 * What a team's Job, its Secret and its database role are called: `registration-TEAM--STACK`, so that several teams and several
 * stacks (environments) can share a namespace and a database server. Small letters, digits and hyphens; where that cuts or changes
 * the team's slug or the stack's name, a check sum tells them apart.
 */
export function registrationName(teamSlug: string, stack: string): string {
  const [team, environment] = [label(teamSlug), label(stack)];
  const name = `registration-${team}--${environment}`;
  if (team === teamSlug && environment === stack && name.length <= maxNameLength) return name;
  const sum = createHash("sha256")
    .update(JSON.stringify([teamSlug, stack]))
    .digest("hex")
    .slice(0, 8);
  return `registration-${cut(team, 18)}--${cut(environment, 12)}-${sum}`;
}

/** Hyphens stand alone and inside, so that two of them separate. */
function label(text: string): string {
  const name = text.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return cut(name, name.length) || "x";
}

function cut(name: string, length: number): string {
  return name.slice(0, length).replace(/^-+|-+$/g, "");
}
