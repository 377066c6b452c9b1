/** Evaluates an observation. No I/O. */
import { isRunning, stoppedReason, type SynchronizationJob } from "@smallstep-ssh/usersync/clients";
import type { Expected, Level, Observation, Row, Observed, Status } from "./types";

export interface HealthOptions {
  /** Number of days before a secret expires from which the command warns. */
  warnDays: number;
  /** Maximum number of failures listed. */
  list: number;
}

/** Levels in ascending severity. */
const order: readonly Level[] = ["ok", "skipped", "waiting", "warning", "unknown", "critical"];

/** Exit codes of monitoring plugins: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN. */
export const exitCodes: Readonly<Record<Level, number>> = {
  ok: 0,
  skipped: 0,
  waiting: 1,
  warning: 1,
  unknown: 3,
  critical: 2,
};

/** Evaluates an observation against the expected state. Returns one row per check and the overall level. */
export function evaluateHealth(expected: Expected, observation: Observation, options: HealthOptions): Status {
  const job = "value" in observation.job ? observation.job.value : undefined;
  const rows = [
    row("provisioning", observation.job, jobRow),
    ...(job === undefined ? [] : [cycleRow(job, observation.at), countsRow(job)]),
    row("failures", observation.failures, (found) => failuresRow(found, job, options.list)),
    row("SCIM directory", observation.users, (users) => ({
      level: "ok",
      text: `${usersText(users)}; the token is accepted`,
    })),
    row("team", observation.team, (directory) => teamRow(expected, directory, job)),
    row("provisioner", observation.provisioner, (differences) => provisionerRow(expected, differences)),
    row("client secret", observation.secrets, (secrets) =>
      secretRow(expected, secrets, observation.at, options.warnDays),
    ),
    ...(observation.tokenEnds === undefined
      ? []
      : [expiry("SCIM token", observation.tokenEnds, observation.at, options.warnDays)]),
  ];
  const level = worst(rows);
  const failures = "value" in observation.failures ? observation.failures.value.failures : [];
  return { name: expected.name, at: observation.at, level, rows, failures };
}

/** Returns the most severe level of the parts. `ok`: there are no parts. */
export function worst(parts: readonly { level: Level }[]): Level {
  const rank = ({ level }: { level: Level }) => order.indexOf(level);
  return parts.reduce((found, part) => (rank(part) > rank(found) ? part : found), { level: "ok" }).level;
}

function row<T>(check: string, observed: Observed<T>, format: (value: T) => Omit<Row, "check">): Row {
  if ("value" in observed) return { check, ...format(observed.value) };
  if (observed.permission !== undefined)
    return { check, level: "skipped", text: `not checked: it needs the permission ${observed.permission}` };
  return { check, level: "unknown", text: observed.why };
}

function jobRow(job: SynchronizationJob | undefined): Omit<Row, "check"> {
  if (job === undefined) return { level: "critical", text: "the synchronization job does not exist: run pulumi up" };
  if (job.status?.code === "Quarantine") {
    const text = `${stoppedReason(job)}: fix the cause, then restart provisioning`;
    return { level: "critical", text };
  }
  if (!isRunning(job))
    return { level: "critical", text: `${stoppedReason(job)}: run pulumi refresh and pulumi up to start it` };
  return { level: "ok", text: "runs" };
}

function cycleRow(job: SynchronizationJob, at: string): Row {
  const check = "last cycle";
  const last = job.status?.lastExecution;
  const progress = progressOf(job);
  if (last?.timeEnded == null) {
    const text =
      progress === undefined
        ? "no cycle has ended yet; the first one can take hours"
        : `the first cycle is running: ${progress}`;
    return { check, level: "waiting", text };
  }
  const ago = (Date.parse(at) - Date.parse(last.timeEnded)) / 1000;
  const when = `${duration(ago)} ago`;
  const under = progress === undefined ? "" : `; a cycle is running: ${progress}`;
  switch (last.state) {
    case "Failed": {
      const why = [last.error?.code, last.error?.message].filter((part) => part != null && part !== "").join(": ");
      return { check, level: "critical", text: `failed ${when}${why === "" ? "" : ` (${why})`}${under}` };
    }
    case "EntryLevelErrors": {
      const count = last.countEscrowed ?? 0;
      return {
        check,
        level: "warning",
        text: `ended ${when}, with ${count} objects that failed and are retried${under}`,
      };
    }
    default: {
      const limit = Math.max(3 * intervalSeconds(job.schedule?.interval), 2 * 3600);
      if (ago > limit && isRunning(job)) {
        return {
          check,
          level: "warning",
          text: `ended ${when}; no cycle since then, although one is due every ${duration(limit / 3)}`,
        };
      }
      return { check, level: "ok", text: `succeeded ${when}${under}` };
    }
  }
}

function progressOf(job: SynchronizationJob): string | undefined {
  const parts = (job.status?.progress ?? []).flatMap(({ units, completedUnits, totalUnits }) => {
    if (completedUnits == null || !totalUnits || completedUnits >= totalUnits) return [];
    return [
      `${completedUnits} of ${totalUnits} ${units ?? "objects"} (${Math.floor((100 * completedUnits) / totalUnits)} %)`,
    ];
  });
  return parts.length === 0 ? undefined : parts.join(", ");
}

function countsRow(job: SynchronizationJob): Row {
  const counts = job.status?.synchronizedEntryCountByType ?? [];
  // `User to urn:ietf:params:scim:...`
  const text = counts
    .map(({ key, value }) => `${value} ${(key.split(" to ")[0] ?? key).toLowerCase()}${value === 1 ? "" : "s"}`)
    .join(", ");
  return { check: "synchronized", level: "ok", text: text === "" ? "nothing yet" : text };
}

function failuresRow(
  { failures, complete }: { failures: Status["failures"]; complete: boolean },
  job: SynchronizationJob | undefined,
  list: number,
): Omit<Row, "check"> {
  const partly = complete ? "" : " (the log has more entries than this command reads)";
  // The log is some minutes behind the job, so the job's own count is reported too.
  const escrowed = job?.status?.lastExecution?.countEscrowed ?? 0;
  if (failures.length === 0) return { level: "ok", text: `none in the log of the last 24 hours${partly}` };
  const details = failures.slice(0, list).map(({ name, type, code, reason, time }) => {
    const why = [code, reason].filter((part) => part !== "").join(": ");
    return `${type === "" ? "" : `${type.toLowerCase()} `}${name}: ${why === "" ? "no reason given" : why} (${time})`;
  });
  if (failures.length > list) details.push(`and ${failures.length - list} more`);
  const text = `${failures.length} could not be provisioned${escrowed > 0 ? `, ${escrowed} in the last cycle` : ""}${partly}`;
  return { level: "warning", text, details };
}

function teamRow(
  expected: Expected,
  directory: string | null,
  job: SynchronizationJob | undefined,
): Omit<Row, "check"> {
  const { teamSlug, directoryId } = expected;
  if (directory?.toLowerCase() === directoryId.toLowerCase())
    return { level: "ok", text: `${teamSlug} uses the directory` };
  const uses = directory === null ? "no directory" : `the directory ${directory}`;
  // Before the first cycle, the registration Job waits for users. This is expected.
  if (directory === null || job?.status?.lastSuccessfulExecution == null) {
    return { level: "waiting", text: `${teamSlug} is not switched yet: it uses ${uses}` };
  }
  return {
    level: "critical",
    text: `${teamSlug} uses ${uses}, not ${directoryId}: run pulumi refresh and pulumi up to repair it`,
  };
}

function provisionerRow({ provisionerName }: Expected, differences: string[] | undefined): Omit<Row, "check"> {
  const repair = "run pulumi refresh and pulumi up to repair it";
  if (differences === undefined)
    return { level: "critical", text: `the CA does not publish ${provisionerName}: ${repair}` };
  if (differences.length === 0) return { level: "ok", text: `${provisionerName} is published, as declared` };
  return { level: "critical", text: `${provisionerName} is published, but ${differences.join("; ")}: ${repair}` };
}

function secretRow(
  { clientSecretEndDate }: Expected,
  secrets: { endDateTime: string }[] | undefined,
  at: string,
  warnDays: number,
): Omit<Row, "check"> {
  if (secrets === undefined) return { level: "critical", text: "the application does not exist: run pulumi up" };
  if (secrets.length === 0)
    return { level: "critical", text: "the application has none: run pulumi refresh and pulumi up to create one" };
  const ends = secrets.map(({ endDateTime }) => endDateTime).sort();
  const own = ends.find(
    (end) => clientSecretEndDate !== undefined && Date.parse(end) === Date.parse(clientSecretEndDate),
  );
  const { level, text } = expiry("client secret", own ?? ends.at(-1) ?? "", at, warnDays);
  return { level, text: secrets.length === 1 ? text : `${text}; the application has ${secrets.length}` };
}

function expiry(check: string, end: string, at: string, warnDays: number): Row {
  const days = Math.floor((Date.parse(end) - Date.parse(at)) / 86_400_000);
  const day = end.slice(0, 10);
  if (days < 0) return { check, level: "critical", text: `expired on ${day}: login or provisioning with it fails` };
  if (days <= warnDays)
    return { check, level: "warning", text: `expires on ${day}, in ${days} days: create a new one` };
  return { check, level: "ok", text: `expires on ${day}` };
}

/** Returns the interval of a schedule in seconds (ISO 8601: PT40M, P1D). A missing or invalid interval counts as 40 minutes. */
export function intervalSeconds(interval: string | null | undefined): number {
  const [, days, hours, minutes, seconds] =
    /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(interval ?? "") ?? [];
  const total =
    Number(days ?? 0) * 86_400 + Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
  return total > 0 ? total : 2400;
}

/** Formats a duration: `45 s`, `10 min`, `5 h`, `3 days`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 7200) return `${Math.round(whole / 60)} min`;
  if (whole < 172_800) return `${Math.round(whole / 3600)} h`;
  return `${Math.round(whole / 86_400)} days`;
}

function usersText(count: number): string {
  return count === 1 ? "1 user" : `${count} users`;
}
