import { runCommand } from "../command";
import type { Run } from "../run";
import { leaks } from "../secrets";
import { output } from "./queries";

interface TeamStatus {
  level: string;
  rows: { what: string; level: string; text: string }[];
  failures: { name: string; reason: string }[];
}

const readOnly = ["Application.Read.All", "Synchronization.Read.All"];

/** Runs `npm run status` as a monitor does, and checks the expected levels and the exit code. */
export async function expectStatus(run: Run, wanted: Record<string, string>, exitCode: number): Promise<TeamStatus> {
  const { world, checks } = run;
  const as = world.graph.addClient({
    permissions: [...readOnly, "AuditLog.Read.All"],
    displayName: "Monitoring",
  });
  const { code, out, err } = await runCommand(world, { command: "status", args: ["--format", "json"], as });
  run.stack.transcript.push(out, err);
  const { exitCode: said, teams } = JSON.parse(out) as { exitCode: number; teams: TeamStatus[] };
  const told = teams[0]!;
  const levels = Object.fromEntries(told.rows.map(({ what, level }) => [what, level]));
  for (const [what, level] of Object.entries(wanted)) checks.equal(`status: ${what} is ${level}`, levels[what], level);
  checks.equal(`status: the exit code is ${exitCode}`, [code, said], [exitCode, exitCode]);
  return told;
}

/** Checks the status after the first cycle, and after a cycle that cannot provision one of two users with the same name. */
export async function status(run: Run): Promise<void> {
  const { world, checks } = run;
  const { state } = world.graph;
  const healthy = { provisioning: "ok", team: "ok", provisioner: "ok", "SCIM directory": "ok", "client secret": "ok" };
  await expectStatus(run, { ...healthy, failures: "ok", "last cycle": "ok" }, 0);
  const twins = ["chris.lee@corp.com", "chris.lee@emea.corp.com"];
  const group = state.groupByName("sudo").id;
  state.addMembers(group, twins);
  const { failed: count } = await world.graph.runCycle();
  checks.assert("a cycle fails to provision one of two users with the same user name", count > 0, count);
  const told = await expectStatus(run, { ...healthy, failures: "warning", "last cycle": "warning" }, 1);
  const failed = new Set(
    state.provisioningLog.filter(({ status }) => status === "failure").map(({ sourceName }) => sourceName),
  );
  checks.equal(
    "status: the failures are those of the provisioning log",
    told.failures.map(({ name }) => name).sort(),
    [...failed].sort(),
  );
  checks.assert(
    "status: every failure has a reason",
    told.failures.every(({ reason }) => reason !== ""),
    told.failures[0]?.reason ?? "",
  );
  const as = world.graph.addClient({ permissions: readOnly });
  const { out } = await runCommand(world, { command: "status", args: [], as });
  run.stack.transcript.push(out);
  checks.assert(
    "status: without permission for the provisioning log, the other rows are reported",
    /failures +- +not checked: the permission ProvisioningLog\.Read\.All is missing/.test(out) && /team +ok/.test(out),
  );
  const secret = { name: "OIDC client secret", value: String(await output(run, "clientSecret")) };
  checks.equal("status: the output contains no secret", leaks(out + JSON.stringify(told), [secret]), []);
  state.removeMembers(group, [twins[1]!]);
  await world.graph.runCycle();
}
