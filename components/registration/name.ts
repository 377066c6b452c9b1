import { createHash } from "node:crypto";

/** Maximum length that leaves room for a generation in a Job's name. Its Pods' names must be labels too. */
const maxNameLength = 54;

/**
 * Returns the name of a team's Job, Secret and database role: `registration-TEAM--STACK`, so that several teams and stacks
 * (environments) can share a namespace and a database server. The name holds only lowercase letters, digits and hyphens. If that
 * shortens or changes the team's slug or the stack's name, a checksum keeps the name unique.
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

/** Converts text to a label with only single, inner hyphens, so that two hyphens are an unambiguous separator. */
function label(text: string): string {
  const name = text.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return cut(name, name.length) || "x";
}

function cut(name: string, length: number): string {
  return name.slice(0, length).replace(/^-+|-+$/g, "");
}
