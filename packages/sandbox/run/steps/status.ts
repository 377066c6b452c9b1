import { runCommand } from "../command";
import type { Run } from "../run";
import { leaks } from "../secrets";
import { output } from "./queries";

interface TeamStatus {
  level: string;
  rows: { check: string; level: string; text: string }[];
  failures: { name: string; reason: string }[];
}

const readOnly = ["Application.Read.All", "Synchronization.Read.All"];

/** Runs `npm run status` as a monitor does, and checks the expected levels and the exit code. */
export async function expectStatus(run: Run, wanted: Record<string, string>, exitCode: number): Promise<TeamStatus> {
  const { graph, checks } = run;
  const as = graph.addClient({ permissions: [...readOnly, "AuditLog.Read.All"], displayName: "Monitoring" });
  const { code, out, err } = await runCommand(run, { command: "status", args: ["--format", "json"], as });
  run.stack.transcript.push(out, err);
  const report: { exitCode: number; teams: TeamStatus[] } = JSON.parse(out);
  const teamStatus = report.teams[0]!;
  const levels = Object.fromEntries(teamStatus.rows.map(({ check, level }) => [check, level]));
  for (const [check, level] of Object.entries(wanted))
    checks.equal(`status: ${check} is ${level}`, levels[check], level);
  checks.equal(`status: the exit code is ${exitCode}`, [code, report.exitCode], [exitCode, exitCode]);
  return teamStatus;
}

/** Checks the status after the first cycle, and after a cycle that cannot provision one of two users with the same name. */
export async function status(run: Run): Promise<void> {
  const { graph, checks } = run;
  const { state } = graph;
  const healthy = { provisioning: "ok", team: "ok", provisioner: "ok", "SCIM directory": "ok", "client secret": "ok" };
  await expectStatus(run, { ...healthy, failures: "ok", "last cycle": "ok" }, 0);
  const sameNameUsers = ["chris.lee@corp.com", "chris.lee@emea.corp.com"];
  const group = state.groupByName("sudo").id;
  state.addMembers(group, sameNameUsers);
  const { failed: count } = await graph.runCycle();
  checks.assert("a cycle fails to provision one of two users with the same user name", count > 0, count);
  const teamStatus = await expectStatus(run, { ...healthy, failures: "warning", "last cycle": "warning" }, 1);
  const failed = new Set(
    state.provisioningLog.filter(({ status }) => status === "failure").map(({ sourceName }) => sourceName),
  );
  checks.equal(
    "status: the failures are those of the provisioning log",
    teamStatus.failures.map(({ name }) => name).sort(),
    [...failed].sort(),
  );
  checks.assert(
    "status: every failure has a reason",
    teamStatus.failures.every(({ reason }) => reason !== ""),
    teamStatus.failures[0]?.reason ?? "",
  );
  const as = graph.addClient({ permissions: readOnly });
  const { out } = await runCommand(run, { command: "status", args: [], as });
  run.stack.transcript.push(out);
  checks.assert(
    "status: without permission for the provisioning log, the other rows are reported",
    /failures +- +not checked: it needs the permission ProvisioningLog\.Read\.All/.test(out) && /team +ok/.test(out),
  );
  const secret = { name: "OIDC client secret", value: String(await output(run, "clientSecret")) };
  checks.equal("status: the output contains no secret", leaks(out + JSON.stringify(teamStatus), [secret]), []);
  state.removeMembers(group, [sameNameUsers[1]!]);
  await graph.runCycle();
}
