import { findPublishedProvisioner, type PublishedProvisioner } from "../provider/smallstep/provisioner";

const dayMs = 24 * 3600 * 1000;

/**
 * The sentence for a client secret that ends soon or has ended; undefined for one that does not.
 * @param end as Graph writes it; `at` is the setting's key to begin with
 */
export function expiryWarning(
  secret: { version: number; end: string; at: string },
  warnDays: number,
  now: Date,
): string | undefined {
  const left = Date.parse(secret.end) - now.getTime();
  if (warnDays === 0 || Number.isNaN(left) || left > warnDays * dayMs) return undefined;
  const day = secret.end.slice(0, 10);
  const days = (ms: number) => `${Math.floor(ms / dayMs)} ${Math.floor(ms / dayMs) === 1 ? "day" : "days"}`;
  const when =
    left > 0 ? `ends on ${day}, in ${days(left)}` : `ended on ${day}, ${days(-left)} ago: nobody can log in any more`;
  return (
    `${secret.at}: client secret ${secret.version} ${when}. Set clientSecretEndDate to a later date and clientSecretVersion to ` +
    `${secret.version + 1}, and run pulumi up`
  );
}

/**
 * Why a new client secret must not be made yet: the version before the one that is there would be removed, and the CA still has it.
 * Undefined when there is no reason.
 * @param currentSecret the secret that is there already, of the version before the new one; undefined: there is none
 */
export function rotationProblem(
  secret: { version: number; at: string },
  provisioner: { name: string; clientId: string },
  published: readonly PublishedProvisioner[],
  currentSecret: string | undefined,
): string | undefined {
  const actual = findPublishedProvisioner(provisioner.name, published);
  if (actual === undefined || actual.clientId !== provisioner.clientId || actual.clientSecret === currentSecret)
    return undefined;
  return currentSecret === undefined
    ? `${secret.at}: is ${secret.version}, but there is no client secret ${secret.version - 1} yet: raise it by one at a time`
    : `${secret.at}: is ${secret.version}, but the CA's provisioner "${provisioner.name}" does not have client secret ` +
        `${secret.version - 1} yet: set it back to ${secret.version - 1}, run pulumi up --refresh and see that the Job succeeds`;
}
