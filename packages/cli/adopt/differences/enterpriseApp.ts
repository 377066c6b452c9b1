import type { Assignment, DiscoveredSetup } from "../discoveredSetup";
import { assignmentOf, roleOf } from "../imports";
import { declaredKeys, notification } from "../credentials";
import type { Difference } from "../difference";
import type { PlanContext } from "../planOptions";

const integrated = "WindowsAzureActiveDirectoryIntegratedApp";

/** Returns the differences of the enterprise application: its template, tags, assignments and job. */
export function enterpriseAppDifferences(found: DiscoveredSetup, decided: PlanContext): Difference[] {
  const { enterpriseApp: app } = found;
  const about = `Enterprise application ${app.displayName}`;
  const differences: Difference[] = [];
  const add = (kind: Difference["kind"], text: string, upEffect: string) =>
    differences.push({ kind, about, found: text, upEffect });
  if (app.applicationTemplateId == null) {
    add(
      "note",
      "It was not created from the non-gallery template.",
      "uses it like one from the template. It creates nothing again.",
    );
  }
  if (!app.tags.includes(integrated)) {
    add(
      "note",
      `Its tags have drifted (${app.tags.join(", ") || "none"}): without ${integrated} the portal does not list it.`,
      `leaves the tags unchanged. To list it again, run: az ad sp update --id ${app.id} --set 'tags=["${integrated}","WindowsAzureActiveDirectoryCustomSingleSignOnApplication"]'`,
    );
  }
  return [...differences, ...assignmentDifferences(found, about), ...jobDifferences(found, about, decided)];
}

function assignmentDifferences({ enterpriseApp: app, groups }: DiscoveredSetup, about: string): Difference[] {
  const role = roleOf(app);
  const differences: Difference[] = [];
  const add = (kind: Difference["kind"], text: string, upEffect: string) =>
    differences.push({ kind, about, found: text, upEffect });
  const name = ({ principalDisplayName, principalId }: Assignment) => principalDisplayName ?? principalId;
  for (const group of groups) {
    const chosen = assignmentOf(app.assignments, group.id, role);
    if (chosen === undefined) {
      add("change", `The group ${group.displayName} is not assigned.`, "assigns it and provisions its members.");
    } else if (chosen.appRoleId !== role) {
      add(
        "change",
        `The group ${group.displayName} is assigned with a role other than User (${chosen.appRoleId}), which Entra may not provision.`,
        "assigns it as User, then deletes the other assignment.",
      );
    }
    for (const other of app.assignments.filter(({ principalId }) => principalId === group.id)) {
      if (other === chosen) continue;
      add(
        "note",
        `The group ${group.displayName} is assigned a second time (${other.appRoleId}).`,
        "leaves this assignment unchanged.",
      );
    }
  }
  const others = app.assignments.filter(({ principalId }) => !groups.some(({ id }) => id === principalId));
  if (others.length > 0) {
    const names = others.slice(0, 10).map(name).join(", ");
    add(
      "note",
      `It has further assignments (${others.length}): ${names}${others.length > 10 ? ", ..." : ""}.`,
      "leaves them unchanged. They are not part of the stack.",
    );
  }
  return differences;
}

function jobDifferences(
  { enterpriseApp, job, secrets }: DiscoveredSetup,
  about: string,
  { tenantUrl }: PlanContext,
): Difference[] {
  const differences: Difference[] = [];
  const add = (kind: Difference["kind"], text: string, upEffect: string) =>
    differences.push({ kind, about, found: text, upEffect });
  if (job === undefined) {
    add(
      "change",
      "It has no synchronization job: nothing is provisioned.",
      "creates one with the quickstart's mappings and starts it.",
    );
    return differences;
  }
  if (job.templateId !== "scim") {
    add(
      "attention",
      `Its job uses the template ${job.templateId}, not scim.`,
      "REPLACES the job: all users are synchronized again.",
    );
  }
  if (job.stopped !== undefined) add("change", `Its job ${job.stopped}.`, "starts it.");
  if (job.mappings === undefined) {
    add("attention", "The schema of its job does not map users as the stack expects.", "fails with a clear message.");
  }
  const further = secrets.map(({ key }) => key).filter((key) => !declaredKeys.includes(key));
  if (further.length > 0) {
    add(
      "attention",
      `Its provisioning has settings that the stack does not declare: ${further.join(", ")}.`,
      `waits until they disappear, and then fails. Remove them first: ${removal(enterpriseApp.id, further)}`,
    );
  }
  const address = secrets.find(({ key }) => key === "BaseAddress")?.value;
  if (address !== undefined && address !== "*" && address !== tenantUrl) {
    add(
      "change",
      `Its Tenant URL is ${address}.`,
      `changes it to ${tenantUrl ?? "the URL from the settings scim.baseUrl and scim.directoryId"}.`,
    );
  }
  if (notification(secrets).deletionThreshold === undefined) {
    add(
      "change",
      "Accidental deletions are not prevented.",
      "sets a limit: a cycle that would delete or disable more than 500 users stops (scim.deletionThreshold).",
    );
  }
  if (secrets.length > 0) {
    add(
      "note",
      "Entra does not show the SCIM token.",
      "replaces it with the token from folk (or from the setting scim.token), after a connection test.",
    );
  }
  return differences;
}

/** Returns the command that removes credentials. Graph deletes a credential that is written with an empty value. */
function removal(id: string, keys: readonly string[]): string {
  const body = JSON.stringify({ value: keys.map((key) => ({ key, value: "" })) });
  const url = `https://graph.microsoft.com/v1.0/servicePrincipals/${id}/synchronization/secrets`;
  return `az rest --method put --url ${url} --body '${body}'`;
}
