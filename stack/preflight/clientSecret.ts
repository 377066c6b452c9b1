import { findPublishedProvisioner, type PublishedProvisioner } from "@smallstep-ssh/usersync/clients";

const dayMs = 24 * 3600 * 1000;

/**
 * Returns a warning when a client secret expires soon or has expired; undefined otherwise.
 * @param secret `end` in the format of Graph; `at` is the path of the setting, which starts the message
 * @param warnDays days before the end at which to start; 0: never
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
    left > 0 ? `ends on ${day}, in ${days(left)}` : `ended on ${day}, ${days(-left)} ago: no user can log in`;
  return (
    `${secret.at}: client secret ${secret.version} ${when}. Set clientSecretEndDate to a later date and clientSecretVersion to ` +
    `${secret.version + 1}, then run pulumi up`
  );
}

/**
 * Returns why a new client secret must not be created yet: the rotation would remove the secret that the CA still uses. Undefined when
 * the rotation is safe.
 * @param currentSecret the existing secret of the version before the new one; undefined when there is none
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
    ? `${secret.at}: is ${secret.version}, but there is no client secret ${secret.version - 1} yet: increase it by one at a time`
    : `${secret.at}: is ${secret.version}, but the CA's provisioner "${provisioner.name}" does not have client secret ` +
        `${secret.version - 1} yet: set it back to ${secret.version - 1}, run pulumi up --refresh and check that the Job succeeds`;
}
