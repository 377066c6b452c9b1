import { runCommand } from "../command";
import type { Run } from "../scenario";
import { leaks } from "../secrets";
import { output } from "./look";

interface TeamStatus {
  level: string;
  rows: { what: string; level: string; text: string }[];
  failures: { name: string; reason: string }[];
}

const readOnly = ["Application.Read.All", "Synchronization.Read.All"];

/** What `npm run status` tells a monitor. */
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
  checks.equal("its exit code is for monitors", [code, said], [exitCode, exitCode]);
  return told;
}

/** After the first cycle all is well; then two people are mapped to one name, of whom one cannot be provisioned. */
export async function status(run: Run): Promise<void> {
  const { world, checks } = run;
  const { state } = world.graph;
  const healthy = { provisioning: "ok", team: "ok", provisioner: "ok", "SCIM directory": "ok", "client secret": "ok" };
  await expectStatus(run, { ...healthy, failures: "ok", "last cycle": "ok" }, 0);
  const twins = ["chris.lee@corp.com", "chris.lee@emea.corp.com"];
  const group = state.groupByName("sudo").id;
  state.addMembers(group, twins);
  const { failed: count } = await world.graph.runCycle();
  checks.assert("a cycle cannot provision one of two people of one name", count > 0, count);
  const told = await expectStatus(run, { ...healthy, failures: "warning", "last cycle": "warning" }, 1);
  const failed = new Set(
    state.provisioningLog.filter(({ status }) => status === "failure").map(({ sourceName }) => sourceName),
  );
  checks.equal(
    "the failures are those of the provisioning log",
    told.failures.map(({ name }) => name).sort(),
    [...failed].sort(),
  );
  checks.assert(
    "each has its reason",
    told.failures.every(({ reason }) => reason !== ""),
    told.failures[0]?.reason ?? "",
  );
  const as = world.graph.addClient({ permissions: readOnly });
  const { out } = await runCommand(world, { command: "status", args: [], as });
  run.stack.transcript.push(out);
  checks.assert(
    "without the permission for the log the rest is told all the same",
    /failures +- +not looked at: it needs the permission ProvisioningLog\.Read\.All/.test(out) && /team +ok/.test(out),
  );
  const secret = { name: "OIDC client secret", value: String(await output(run, "clientSecret")) };
  checks.equal("it holds no secret", leaks(out + JSON.stringify(told), [secret]), []);
  state.removeMembers(group, [twins[1]!]);
  await world.graph.runCycle();
}
