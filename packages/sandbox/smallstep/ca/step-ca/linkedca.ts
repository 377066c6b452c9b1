import { RejectedRequest, type Provisioner } from "../types";

/**
 * Template of an SSH certificate that rejects a token without an email, like Smallstep's on-prem CA. By default, the open-source CA
 * signs a certificate without principals, which no host accepts. The rest of the template is step-ca's default.
 */
export const refuseWithoutEmail = `{{ if not .Token.email }}{{ fail "the token has no email" }}{{ end }}{
  "type": {{ toJson .Type }},
  "keyId": {{ toJson .KeyID }},
  "principals": {{ toJson .Principals }},
  "extensions": {{ toJson .Extensions }},
  "criticalOptions": {{ toJson .CriticalOptions }}
}`;

/** Converts an OIDC provisioner to the form of the admin API, whose field names differ from those of `/provisioners`. */
export function toLinkedca(provisioner: Provisioner): object {
  if (provisioner.type !== "OIDC") {
    throw new RejectedRequest(400, `provisioner type ${provisioner.type} is not supported here; use OIDC`);
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
    sshTemplate: template === undefined ? undefined : { template: Buffer.from(template).toString("base64") },
  };
}
