import { provisionerDifferences } from "@smallstep-ssh/usersync/clients";
import type { DiscoveredSetup } from "../discoveredSetup";
import type { PlanOptions } from "../planOptions";
import { tenantAddress } from "../credentials";
import type { Difference } from "../difference";
import { findClientSecretEndDate } from "../clientSecretExpiry";

const soonDays = 90;

/** Returns the differences of the CA's provisioner, its client secret, and the team's row. */
export function smallstepDifferences(found: DiscoveredSetup, choices: PlanOptions): Difference[] {
  return [...caDifferences(found, choices), ...secretDifferences(found, choices), ...teamDifferences(found)];
}

function caDifferences({ application, provisioner, tenantId }: DiscoveredSetup, choices: PlanOptions): Difference[] {
  if (provisioner === undefined) {
    const upEffect =
      "runs the Job, which registers one. Set --domain, because there is no provisioner to read it from.";
    return [
      { kind: "change", about: "CA", found: "It publishes no OIDC provisioner for the app registration.", upEffect },
    ];
  }
  const wanted = {
    ...provisioner,
    clientId: application.appId,
    tenantId,
    configurationEndpoint: choices.configurationEndpoint,
  };
  const differences = provisionerDifferences(wanted, provisioner).map((difference): Difference => ({
    kind: "attention",
    about: `Provisioner ${provisioner.name}`,
    found: `Its ${difference}.`,
    upEffect:
      "runs a Job that fails, because the Job never changes a provisioner that differs. Remove it with manage-provisioners first; the Job adds it again.",
  }));
  if (provisioner.domains.length === 0) {
    differences.push({
      kind: "attention",
      about: `Provisioner ${provisioner.name}`,
      found: "It accepts users of every email domain.",
      upEffect: "fails until oidc.emailDomains is set. The Job fails while the provisioner has other domains.",
    });
  }
  return differences;
}

function secretDifferences(
  { application, provisioner }: DiscoveredSetup,
  { clientSecret, now }: PlanOptions,
): Difference[] {
  const about = "Client secret";
  if (provisioner === undefined) return [];
  if (clientSecret === "rotate") {
    const text = "The CA's client secret stays valid until it is removed from the app registration.";
    const upEffect =
      "creates a new one, which the CA needs: remove the provisioner with manage-provisioners, and the Job adds it again.";
    return [{ kind: "attention", about, found: text, upEffect }];
  }
  const end = findClientSecretEndDate(application.passwordCredentials ?? [], provisioner.clientSecret);
  if (end === undefined) {
    const text = "The app registration has no secret that matches the one of the CA: users cannot sign in.";
    const upEffect = "keeps the value of the setting oidc.clientSecret. Use --client-secret rotate instead.";
    return [{ kind: "attention", about, found: text, upEffect }];
  }
  const days = Math.floor((Date.parse(end) - now.getTime()) / 86_400_000);
  if (days > soonDays) return [];
  const text = days < 0 ? `It expired on ${end}: users cannot sign in.` : `It expires on ${end}, in ${days} days.`;
  return [
    {
      kind: "attention",
      about,
      found: text,
      upEffect: "keeps it. Rotate it now with --client-secret rotate, or after the adoption.",
    },
  ];
}

function teamDifferences({ team, secrets }: DiscoveredSetup): Difference[] {
  const about = `Team ${team.slug}`;
  const differences: Difference[] = [];
  const directory = tenantAddress(secrets.find(({ key }) => key === "BaseAddress")?.value ?? "")?.directoryId;
  if (directory !== undefined && team.directoryId?.toLowerCase() !== directory.toLowerCase()) {
    differences.push({
      kind: "change",
      about,
      found: `It uses ${team.directoryId === null ? "no directory" : `directory ${team.directoryId}`}, not the one that Entra provisions to.`,
      upEffect: "runs the Job, which switches it once the directory contains users.",
    });
  }
  if (team.sharing.length > 0) {
    differences.push({
      kind: "attention",
      about,
      found: `Other teams use its directory too: ${team.sharing.join(", ")}. The usual cause is an update without "where".`,
      upEffect: `leaves them unchanged. Restore each team first: update teams set ssh_directory_id = '...' where slug = '${team.sharing[0] ?? ""}'.`,
    });
  }
  return differences;
}
