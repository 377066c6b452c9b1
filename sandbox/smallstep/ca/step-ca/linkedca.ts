import { RejectedRequest } from "../administration";
import type { Provisioner } from "../types";

/**
 * Template of an SSH certificate. The on-prem CA refuses a sign-in without email; the open source one signs a certificate without
 * principals, which opens no host, unless the provisioner's template says otherwise. The rest is step-ca's default.
 */
export const refuseWithoutEmail = `{{ if not .Token.email }}{{ fail "the token has no email" }}{{ end }}{
  "type": {{ toJson .Type }},
  "keyId": {{ toJson .KeyID }},
  "principals": {{ toJson .Principals }},
  "extensions": {{ toJson .Extensions }},
  "criticalOptions": {{ toJson .CriticalOptions }}
}`;

/** An OIDC provisioner in the form that the administration takes, which has other names than what `/provisioners` publishes. */
export function toLinkedca(provisioner: Provisioner): object {
  if (provisioner.type !== "OIDC") {
    throw new RejectedRequest(400, `provisioner type ${provisioner.type} is not one that is added here`);
  }
  const claims = provisioner["claims"] as { enableSSHCA?: boolean } | undefined;
  const options = provisioner["options"] as { ssh?: { template?: string } } | undefined;
  const template = options?.ssh?.template;
  return {
    type: "OIDC",
    name: provisioner.name,
    details: {
      OIDC: {
        clientId: provisioner["clientID"],
        clientSecret: provisioner["clientSecret"],
        configurationEndpoint: provisioner["configurationEndpoint"],
        tenantId: provisioner["tenantID"],
        domains: provisioner["domains"],
        listenAddress: provisioner["listenAddress"],
      },
    },
    claims: { x509: { enabled: true }, ssh: { enabled: claims?.enableSSHCA === true } },
    ...(template === undefined ? {} : { sshTemplate: { template: Buffer.from(template).toString("base64") } }),
  };
}
