import { differences } from "../../../provider/smallstep/provisioner";
import type { DiscoveredSetup } from "../found";
import type { PlanOptions } from "../plan";
import { tenantAddress } from "../credentials";
import type { Difference } from "../remark";
import { findClientSecretEndDate } from "../secretEnd";

const soonDays = 90;

/** The provisioner at the CA, the client secret it holds, and the team's row. */
export function smallstepRemarks(found: DiscoveredSetup, choices: PlanOptions): Difference[] {
  return [...provisionerRemarks(found, choices), ...secretRemarks(found, choices), ...teamRemarks(found)];
}

function provisionerRemarks(
  { application, provisioner, tenantId }: DiscoveredSetup,
  choices: PlanOptions,
): Difference[] {
  if (provisioner === undefined) {
    const upEffect = "runs the Job, which registers one. Give --domain, which cannot be read.";
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
  const remarks = differences(wanted, provisioner).map((difference): Difference => ({
    kind: "attention",
    about: `Provisioner ${provisioner.name}`,
    found: `Its ${difference}.`,
    upEffect:
      "runs a Job that fails: it never touches a provisioner that is other than declared. Remove it with manage-provisioners before; the Job adds it again.",
  }));
  if (provisioner.domains.length === 0) {
    remarks.push({
      kind: "attention",
      about: `Provisioner ${provisioner.name}`,
      found: "It takes people of every email domain.",
      upEffect: "fails until oidc.emailDomains is set, and the Job as long as the provisioner has other domains.",
    });
  }
  return remarks;
}

function secretRemarks(
  { application, provisioner }: DiscoveredSetup,
  { clientSecret, now }: PlanOptions,
): Difference[] {
  const about = "Client secret";
  if (provisioner === undefined) return [];
  if (clientSecret === "rotate") {
    const text = "The one that the CA holds stays valid until it is removed from the app registration.";
    const upEffect =
      "makes another. The CA must get it: remove the provisioner with manage-provisioners, and the Job adds it again.";
    return [{ kind: "attention", about, found: text, upEffect }];
  }
  const end = findClientSecretEndDate(application.passwordCredentials ?? [], provisioner.clientSecret);
  if (end === undefined) {
    const text = "The app registration has none that begins like the one that the CA holds: nobody can sign in.";
    const upEffect = "keeps the one of the setting oidc.clientSecret. Use --client-secret rotate.";
    return [{ kind: "attention", about, found: text, upEffect }];
  }
  const days = Math.floor((Date.parse(end) - now.getTime()) / 86_400_000);
  if (days > soonDays) return [];
  const text = days < 0 ? `It ended on ${end}: nobody can sign in.` : `It ends on ${end}, in ${days} days.`;
  return [
    {
      kind: "attention",
      about,
      found: text,
      upEffect: "keeps it. Rotate it in time: --client-secret rotate, or later.",
    },
  ];
}

function teamRemarks({ team, secrets }: DiscoveredSetup): Difference[] {
  const about = `Team ${team.slug}`;
  const remarks: Difference[] = [];
  const directory = tenantAddress(secrets.find(({ key }) => key === "BaseAddress")?.value ?? "")?.directoryId;
  if (directory !== undefined && team.directoryId?.toLowerCase() !== directory.toLowerCase()) {
    remarks.push({
      kind: "change",
      about,
      found: `It uses ${team.directoryId === null ? "no directory" : `directory ${team.directoryId}`}, not the one provisioned to.`,
      upEffect: "runs the Job, which switches it once the directory holds users.",
    });
  }
  if (team.sharing.length > 0) {
    remarks.push({
      kind: "attention",
      about,
      found: `Other teams use its directory too: ${team.sharing.join(", ")}. An update without "where" does that.`,
      upEffect: `leaves them alone. Put each back before: update teams set ssh_directory_id = '...' where slug = '${team.sharing[0] ?? ""}'.`,
    });
  }
  return remarks;
}
