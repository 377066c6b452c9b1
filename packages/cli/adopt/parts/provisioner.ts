import { boundedList } from "entra-mappings";
import {
  findPublishedProvisioner,
  HttpError,
  provisionerDifferences,
  publishedProvisioners,
  type WantedProvisioner,
} from "@smallstep-ssh/usersync/clients";
import { CliError } from "../../common/errors";
import type { FoundApplication } from "./application";
import { differencesOf, type Difference, type Part } from "./part";

/**
 * Reads the OIDC provisioner with a name or a client id. The CA publishes provisioners without authentication. Undefined: none matches.
 * @param ca `rootCert`: PEM of the CA's root certificate (undefined: the public roots)
 * @throws CliError if the CA does not respond, several provisioners match, or the named one does not exist
 */
export async function readProvisioner(
  ca: { url: string; rootCert: string | undefined },
  { name, clientId }: { name: string | undefined; clientId?: string },
): Promise<WantedProvisioner | undefined> {
  const published = await publishedProvisioners(ca.url, { rootCert: ca.rootCert }).catch((error: unknown) => {
    throw error instanceof HttpError ? new CliError([`The CA: ${error.message}.`]) : error;
  });
  const all = published.flatMap((one) => findPublishedProvisioner(String(one["name"]), [one]) ?? []);
  const names = (of: readonly WantedProvisioner[]) => boundedList(of.map((one) => one.name)).join(", ") || "none";
  const found = all.filter((one) => (name === undefined ? one.clientId === clientId : one.name === name));
  if (name !== undefined && found.length === 0) {
    throw new CliError([
      `--provisioner ${name}: the CA publishes no OIDC provisioner with this name (available: ${names(all)}).`,
    ]);
  }
  if (found.length > 1) {
    throw new CliError([
      `The CA publishes ${found.length} matching OIDC provisioners; choose one with --provisioner: ${names(found)}.`,
    ]);
  }
  return found[0];
}

export interface ProvisionerChoices {
  /** `keep`: the client secret keeps its value. `rotate`: the first `up` creates a new one. */
  clientSecret: "keep" | "rotate";
  /** URL of the OIDC configuration that the stack would register, for this tenant and cloud. */
  configurationEndpoint: string;
  now: Date;
}

/** @param provisioner with its client secret; undefined: the CA publishes none for the application */
export function provisionerPart(
  application: FoundApplication,
  provisioner: WantedProvisioner | undefined,
  tenantId: string,
  choices: ProvisionerChoices,
): Part {
  if (provisioner === undefined) {
    const text = "It publishes no OIDC provisioner for the app registration.";
    const upEffect =
      "runs the Job, which registers one. Set --domain, because there is no provisioner to read it from.";
    const differences = differencesOf("CA", [["change", text, upEffect]]);
    return { found: ["provisioner at the CA", "none"], imports: [], settings: {}, differences };
  }
  const { name, domains, listenAddress, clientSecret } = provisioner;
  const end =
    choices.clientSecret === "keep"
      ? findClientSecretEndDate(application.passwordCredentials, clientSecret)
      : undefined;
  const wanted = {
    ...provisioner,
    clientId: application.appId,
    tenantId,
    configurationEndpoint: choices.configurationEndpoint,
  };
  // The Job updates the provisioner of its own client, and never one of another client.
  const updates = provisioner.clientId === application.appId;
  return {
    found: ["provisioner at the CA", name],
    imports: [],
    settings: {
      oidc: {
        emailDomains: [...domains],
        clientSecretEndDate: end,
        provisionerName: name,
        listenAddress: listenAddress || "any",
      },
    },
    differences: [
      ...differencesOf(`Provisioner ${name}`, [
        ...provisionerDifferences(wanted, provisioner).map((difference) =>
          updates
            ? (["change", `Its ${difference}.`, "runs the Job, which updates it with smallstep.updateVerb."] as const)
            : ([
                "attention",
                `Its ${difference}.`,
                "runs a Job that fails, because the Job never changes the provisioner of another client. Remove it with manage-provisioners first; the Job adds it again.",
              ] as const),
        ),
        domains.length === 0 && [
          "attention",
          "It accepts users of every email domain.",
          `fails until oidc.emailDomains is set. The Job then ${updates ? "restricts the provisioner to these domains" : "fails, because the provisioner belongs to another client"}.`,
        ],
      ]),
      ...clientSecretDifferences(end, choices),
    ],
  };
}

const dayMs = 86_400_000;
const soonDays = 90;

function clientSecretDifferences(end: string | undefined, { clientSecret, now }: ProvisionerChoices): Difference[] {
  const days = Math.floor((Date.parse(end ?? "") - now.getTime()) / dayMs);
  const expiry = days < 0 ? `It expired on ${end}: users cannot sign in.` : `It expires on ${end}, in ${days} days.`;
  return differencesOf("Client secret", [
    clientSecret === "rotate" && [
      "attention",
      "The CA's client secret stays valid until it is removed from the app registration.",
      "creates a new one. The Job then updates the provisioner with smallstep.updateVerb.",
    ],
    clientSecret === "keep" &&
      end === undefined && [
        "attention",
        "The app registration has no secret that matches the one of the CA: users cannot sign in.",
        "keeps the value of the setting oidc.clientSecret. Use --client-secret rotate instead.",
      ],
    days <= soonDays && [
      "attention",
      expiry,
      "keeps it. Rotate it now with --client-secret rotate, or after the adoption.",
    ],
  ]);
}

/**
 * Returns the end date of the CA's client secret, in the format of the setting `oidc.clientSecretEndDate`. Graph shows only the first
 * characters of a secret. If several secrets match, the earliest date counts. Undefined: no secret of the application matches.
 */
export function findClientSecretEndDate(
  passwords: FoundApplication["passwordCredentials"],
  value: string,
): string | undefined {
  const ends = (passwords ?? [])
    .filter(({ hint }) => value.startsWith(hint ?? ""))
    .map(({ endDateTime }) => Date.parse(endDateTime ?? ""))
    .filter((time) => !Number.isNaN(time));
  return ends.length === 0 ? undefined : new Date(Math.min(...ends)).toISOString().replace(/\.\d+Z$/, "Z");
}
