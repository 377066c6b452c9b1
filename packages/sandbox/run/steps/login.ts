import { decodeJwt } from "jose";
import { sshPrincipals } from "entra-mappings";
import { signUser } from "../../smallstep/ca/step-ca/sign";
import { invalidTokens } from "../../smallstep/ca/invalidTokens";
import type { Run } from "../run";
import { output } from "./queries";

const accounts = [
  { upn: "ada.lovelace@corp.com", account: "ada.lovelace" },
  { upn: "bill.gates@corp.com", account: "bill.gates" },
];

/** Checks `step ssh login`: the email of the ID token determines the certificate's principals, which must include the account. */
export async function login(run: Run): Promise<void> {
  const { graph, smallstep, checks } = run;
  const clientId = String(await output(run, "clientId"));
  const { scim, directory } = smallstep;
  for (const { upn, account } of accounts) {
    const active = scim.users(directory.id).some(({ userName, active }) => userName === account && active);
    const claims = decodeJwt(await graph.idToken(upn, clientId));
    const expected = sshPrincipals(typeof claims["email"] === "string" ? claims["email"] : undefined);
    checks.assert(`${upn} can log in`, active && expected.includes(account), expected.join(", "));
  }
  const claims = decodeJwt(await graph.idToken("no.mail@corp.com", clientId));
  checks.assert("a user without mail cannot log in, as the user name check reports", claims["email"] === undefined);
  if (smallstep.ca.kind === "step-ca") await certificates(run, clientId);
  else checks.note("the CA stand-in signs nothing: this run does not check certificates");
}

/** Checks the certificates of the CA at which the Job registered the provisioner. */
async function certificates({ graph, smallstep, authority, checks }: Run, clientId: string): Promise<void> {
  const ca = { url: smallstep.ca.url, rootCert: authority.caPem };
  for (const { upn, account } of accounts) {
    const answer = await signUser(ca, await graph.idToken(upn, clientId));
    const certificate = "certificate" in answer ? answer.certificate : undefined;
    checks.equal(
      `step-ca's certificate for ${upn} has the predicted principals`,
      certificate?.principals,
      sshPrincipals(upn),
    );
    checks.assert(
      `the certificate is for the account ${account} and signed by the CA`,
      certificate?.genuine === true && certificate.principals.includes(account) && certificate.validUntil > new Date(),
      certificate?.type ?? "",
    );
  }
  const invalid = invalidTokens(graph, clientId, accounts[0]!.upn);
  for (const [description, idToken] of Object.entries(invalid)) {
    const { status } = await signUser(ca, await idToken());
    checks.assert(`step-ca rejects ${description}`, status === 400 || status === 401, status);
  }
}
