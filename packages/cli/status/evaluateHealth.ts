/** Evaluates an observation. No I/O. */
import { isRunning, stoppedReason, type SynchronizationJob } from "@smallstep-ssh/usersync/clients";
import type { RegistrationJob } from "./registrationJob";
import {
  levels,
  type Expected,
  type Level,
  type Observation,
  type Observed,
  type Status,
  type StatusOptions,
  type Verdict,
} from "./types";

/** Evaluates an observation against the expected state. Returns one row per check and the overall level. */
export function evaluateHealth(
  expected: Expected,
  { at, job, failures, users, registration, team, provisioner, secrets, tokenEnds }: Observation,
  { warnDays, list }: Pick<StatusOptions, "warnDays" | "list">,
): Status {
  const found = "value" in job ? job.value : undefined;
  const state = "value" in registration ? registration.value?.state : undefined;
  const switched = evaluate(team, (directory) => teamVerdict(expected, directory, found, state));
  const published = evaluate(provisioner, (differences) => provisionerVerdict(expected, differences, state));
  const verdicts: Record<string, Verdict | undefined> = {
    provisioning: evaluate(job, jobVerdict),
    "last cycle": found && cycleVerdict(found, at),
    synchronized: found && { level: "ok", text: countsText(found) },
    failures: evaluate(failures, (value) => failuresVerdict(value, found, list)),
    "SCIM directory": evaluate(users, (count) =>
      ok(`${count} ${count === 1 ? "user" : "users"}; the token is accepted`),
    ),
    "registration Job": registrationVerdict(expected, registration, [switched.level, published.level]),
    team: switched,
    provisioner: published,
    "client secret": evaluate(secrets, (value) => secretVerdict(expected, value, at, warnDays)),
    "SCIM token": tokenEnds === undefined ? undefined : expiryVerdict(tokenEnds, at, warnDays),
  };
  const rows = reportCausesOnce(
    Object.entries(verdicts).flatMap(([check, verdict]) => (verdict === undefined ? [] : [{ check, ...verdict }])),
  );
  return {
    name: expected.name,
    at,
    level: worst(rows),
    rows,
    failures: "value" in failures ? failures.value.failures : [],
  };
}

/** Lets each check that fails for the same cause as an earlier one refer to that one. */
function reportCausesOnce<T extends Verdict & { check: string }>(rows: readonly T[]): T[] {
  return rows.map((row, index) => {
    const earlier = rows.findIndex(({ level, text }) => level === "unknown" && text === row.text);
    return earlier < 0 || earlier >= index ? row : { ...row, text: `not checked: see ${rows[earlier]?.check}` };
  });
}

/** Returns the most severe level of the parts. `ok`: there are no parts. */
export function worst(parts: readonly { level: Level }[]): Level {
  const order = Object.keys(levels);
  const ascending = parts.map(({ level }) => level).sort((a, b) => order.indexOf(a) - order.indexOf(b));
  return ascending.at(-1) ?? "ok";
}

const ok = (text: string): Verdict => ({ level: "ok", text });
const critical = (text: string): Verdict => ({ level: "critical", text });

function evaluate<T>(observed: Observed<T>, verdictOf: (value: T) => Verdict): Verdict {
  if ("value" in observed) return verdictOf(observed.value);
  if (observed.permission === undefined) return { level: "unknown", text: observed.why };
  return { level: "skipped", text: `not checked: it needs the permission ${observed.permission}` };
}

function jobVerdict(job: SynchronizationJob | undefined): Verdict {
  if (job === undefined) return critical("the synchronization job does not exist: run pulumi up --refresh");
  if (job.status?.code === "Quarantine")
    return critical(`${stoppedReason(job)}: fix the cause, then restart provisioning`);
  if (!isRunning(job)) return critical(`${stoppedReason(job)}: run pulumi up --refresh to start it`);
  return ok("runs");
}

function cycleVerdict(job: SynchronizationJob, at: string): Verdict {
  const last = job.status?.lastExecution;
  const progress = progressOf(job);
  if (last?.timeEnded == null) {
    const text =
      progress === ""
        ? "no cycle has ended yet; the first one can take hours"
        : `the first cycle is running: ${progress}`;
    return { level: "waiting", text };
  }
  const ago = (Date.parse(at) - Date.parse(last.timeEnded)) / 1000;
  const when = `${duration(ago)} ago`;
  const running = progress === "" ? "" : `; a cycle is running: ${progress}`;
  if (last.state === "Failed") {
    const why = [last.error?.code, last.error?.message].filter(Boolean).join(": ");
    return critical(`failed ${when}${why === "" ? "" : ` (${why})`}${running}`);
  }
  if (last.state === "EntryLevelErrors") {
    const text = `ended ${when}, with ${last.countEscrowed ?? 0} objects that failed and are retried${running}`;
    return { level: "warning", text };
  }
  const limit = Math.max(3 * intervalSeconds(job.schedule?.interval), 2 * 3600);
  if (ago <= limit || !isRunning(job)) return ok(`succeeded ${when}${running}`);
  const text = `ended ${when}; no cycle since then, although one is due every ${duration(limit / 3)}`;
  return { level: "warning", text };
}

function progressOf(job: SynchronizationJob): string {
  const parts = (job.status?.progress ?? []).flatMap(({ units, completedUnits, totalUnits }) => {
    if (completedUnits == null || !totalUnits || completedUnits >= totalUnits) return [];
    const percent = Math.floor((100 * completedUnits) / totalUnits);
    return [`${completedUnits} of ${totalUnits} ${units ?? "objects"} (${percent} %)`];
  });
  return parts.join(", ");
}

function countsText(job: SynchronizationJob): string {
  // `User to urn:ietf:params:scim:...`
  const counts = (job.status?.synchronizedEntryCountByType ?? []).map(
    ({ key, value }) => `${value} ${(key.split(" to ")[0] ?? key).toLowerCase()}${value === 1 ? "" : "s"}`,
  );
  return counts.join(", ") || "nothing yet";
}

function failuresVerdict(
  { failures, complete }: { failures: Status["failures"]; complete: boolean },
  job: SynchronizationJob | undefined,
  list: number,
): Verdict {
  const partly = complete ? "" : " (the log has more entries than this command reads)";
  if (failures.length === 0) return ok(`none in the log of the last 24 hours${partly}`);
  const lines = failures.map(({ name, type, code, reason, time }) => {
    const why = [code, reason].filter(Boolean).join(": ") || "no reason given";
    const subject = [type.toLowerCase(), name].filter(Boolean).join(" ");
    return name === "" ? `${subject}: ${why}` : `${subject}: ${why} (${time})`;
  });
  // Lines without a name are the same for each failure of a kind.
  const grouped = [...Map.groupBy(lines, (line) => line)];
  const details = grouped.slice(0, list).map(([line, { length }]) => (length === 1 ? line : `${length} times ${line}`));
  if (grouped.length > list) details.push(`and ${grouped.length - list} more`);
  // The log is some minutes behind the job, so the job's own count is reported too.
  const escrowed = job?.status?.lastExecution?.countEscrowed ?? 0;
  const inCycle = escrowed > 0 ? `, ${escrowed} in the last cycle` : "";
  return { level: "warning", text: `${failures.length} could not be provisioned${inCycle}${partly}`, details };
}

/** A Job that failed or is missing does not matter once the team and the provisioner are as declared. */
function registrationVerdict(
  { registrationJob: name }: Expected,
  observed: Observation["registration"],
  effects: readonly Level[],
): Verdict | undefined {
  if ("value" in observed && observed.value === null) return undefined;
  const problem = (text: string, action: string): Verdict => {
    if (effects.every((level) => level === "ok")) return ok(`${text}; the team and the provisioner are as declared`);
    const isKnown = effects.some((level) => level === "critical" || level === "waiting");
    return isKnown ? critical(`${text}: ${action}`) : { level: "unknown", text: `${text}; its effects are unknown` };
  };
  return evaluate(observed, (job) => {
    if (job == null) return problem(`${name} does not exist`, "run pulumi up --refresh to create it");
    if (job.state === "complete") return ok(`${name} has finished`);
    if (job.state === "running") return { level: "waiting", text: `${name} has not finished yet` };
    const action = "correct the cause, then run pulumi up --refresh to run it again";
    return problem(`${name} failed (${job.reason})`, action);
  });
}

/** Evaluates an effect of the registration Job that is missing, by the state of the Job. */
function missingEffect(text: string, state: RegistrationJob["state"] | undefined): Verdict {
  if (state === "running") return { level: "waiting", text: `${text}: the registration Job has not finished yet` };
  return critical(`${text}: ${state === "failed" ? "see registration Job" : "run pulumi up --refresh to repair it"}`);
}

function teamVerdict(
  { teamSlug, directoryId }: Expected,
  directory: string | null,
  job: SynchronizationJob | undefined,
  state: RegistrationJob["state"] | undefined,
): Verdict {
  if (directory?.toLowerCase() === directoryId.toLowerCase()) return ok(`${teamSlug} uses the directory`);
  const uses = directory === null ? "no directory" : `the directory ${directory}`;
  // Before the first cycle, the registration Job waits for users. This is expected.
  if (state !== "complete" && (directory === null || job?.status?.lastSuccessfulExecution == null)) {
    return { level: "waiting", text: `${teamSlug} is not switched yet: it uses ${uses}` };
  }
  return missingEffect(`${teamSlug} uses ${uses}, not ${directoryId}`, state);
}

function provisionerVerdict(
  { provisionerName: name }: Expected,
  differences: string[] | undefined,
  state: RegistrationJob["state"] | undefined,
): Verdict {
  if (differences === undefined) return missingEffect(`the CA does not publish ${name}`, state);
  if (differences.length === 0) return ok(`${name} is published, as declared`);
  return missingEffect(`${name} is published, but ${differences.join("; ")}`, state);
}

function secretVerdict(
  { clientSecretEndDate }: Expected,
  secrets: { endDateTime: string }[] | undefined,
  at: string,
  warnDays: number,
): Verdict {
  if (secrets === undefined) return critical("the application does not exist: run pulumi up --refresh");
  const ends = secrets.map(({ endDateTime }) => endDateTime).sort();
  const own = ends.find((end) => Date.parse(end) === Date.parse(clientSecretEndDate ?? "")) ?? ends.at(-1);
  if (own === undefined) return critical("the application has none: run pulumi up --refresh to create one");
  const { level, text } = expiryVerdict(own, at, warnDays);
  return { level, text: secrets.length === 1 ? text : `${text}; the application has ${secrets.length}` };
}

function expiryVerdict(end: string, at: string, warnDays: number): Verdict {
  const days = Math.floor((Date.parse(end) - Date.parse(at)) / 86_400_000);
  const day = end.slice(0, 10);
  if (days < 0) return critical(`expired on ${day}: login or provisioning with it fails`);
  if (days <= warnDays) return { level: "warning", text: `expires on ${day}, in ${days} days: create a new one` };
  return ok(`expires on ${day}`);
}

/** Returns the interval of a schedule in seconds (ISO 8601: PT40M, P1D). A missing or invalid interval counts as 40 minutes. */
export function intervalSeconds(interval: string | null | undefined): number {
  const [, ...parts] = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(interval ?? "") ?? [];
  const total = [86_400, 3600, 60, 1].reduce((sum, unit, at) => sum + unit * Number(parts[at] ?? 0), 0);
  return total > 0 ? total : 2400;
}

/** Formats a duration: `45 s`, `10 min`, `5 h`, `3 days`. */
function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 7200) return `${Math.round(whole / 60)} min`;
  if (whole < 172_800) return `${Math.round(whole / 3600)} h`;
  return `${Math.round(whole / 86_400)} days`;
}
