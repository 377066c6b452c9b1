import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import { clientSecrets } from "./clientSecrets";
import { delegatedScopes, microsoftGraphAppId } from "./openIdScopes";

export interface OidcApplicationArgs {
  /** Display name of the app registration and its service principal. */
  displayName: pulumi.Input<string>;
  /**
   * Redirect URIs of the public client (RFC 8252, section 7.3: loopback).
   * @default ["http://127.0.0.1"]
   */
  redirectUris?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * Object ids of the owners. Include the deploying identity: otherwise it may lose its permission on the app.
   */
  owners: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * End date of client secrets created from now on, for example `2028-01-31T00:00:00Z`. Absolute, because the provider ignores relative
   * end dates. A change does not affect existing secrets.
   */
  clientSecretEndDate: pulumi.Input<string>;
  /**
   * Version of the client secret. Increase it by one to create a new secret. The previous secret stays valid until the next increase.
   * @default 1
   */
  clientSecretVersion?: number;
  /**
   * An existing client secret, created outside the component, which is used unchanged. `clientSecretEndDate` must be its end date. Always
   * stored as a secret. Removing this input later creates a new secret, while the existing one stays valid.
   * @default a client secret that the component creates
   */
  clientSecret?: pulumi.Input<string>;
  /**
   * Whether ID tokens contain the optional `email` claim. The CA rejects users without an email.
   * @default true
   */
  emailClaim?: boolean;
  /**
   * Groups that may sign in. If set, only their members may. Each key becomes part of a resource name: a change REPLACES the group's
   * assignment.
   * @default all users of the tenant may sign in
   */
  assignedGroups?: readonly { key: string; objectId: pulumi.Input<string> }[];
  /**
   * Whether to consent to openid, email and profile for all users, so that no user sees a consent prompt. Needs
   * DelegatedPermissionGrant.ReadWrite.All.
   * @default false
   */
  adminConsent?: boolean;
}

/** The role of an assignment to an app that declares no roles: "Default Access" in the portal. */
const defaultAccessRole = "00000000-0000-0000-0000-000000000000";

/**
 * The app registration that users sign in to for the SSH CA: a single-tenant native app on loopback. Its client secret is not
 * confidential, because the CA publishes it at /provisioners (RFC 8252, section 8.5), but Pulumi stores it as a secret.
 * Also creates the service principal, which the portal creates silently but the API does not: without it no user can sign in.
 */
export class OidcApplication extends pulumi.ComponentResource {
  /** Client id (application id). */
  readonly clientId: pulumi.Output<string>;
  /** The current client secret. Stored as a secret. */
  readonly clientSecret: pulumi.Output<string>;
  /** The previous client secret, which is still valid; undefined for version 1. Stored as a secret. */
  readonly previousClientSecret: pulumi.Output<string> | undefined;
  /** End date of the current client secret (UTC). */
  readonly clientSecretEndDate: pulumi.Output<string>;
  /** Object id of the app registration. */
  readonly applicationObjectId: pulumi.Output<string>;
  readonly servicePrincipalObjectId: pulumi.Output<string>;

  constructor(name: string, args: OidcApplicationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("smallstep-ssh:components:OidcApplication", name, {}, opts);
    const application = new azuread.Application(
      name,
      {
        displayName: args.displayName,
        signInAudience: "AzureADMyOrg",
        owners: args.owners,
        publicClient: { redirectUris: args.redirectUris ?? ["http://127.0.0.1"] },
        requiredResourceAccesses: [
          {
            resourceAppId: microsoftGraphAppId,
            resourceAccesses: Object.values(delegatedScopes).map((id) => ({ id, type: "Scope" })),
          },
        ],
        ...((args.emailClaim ?? true) ? { optionalClaims: { idTokens: [{ name: "email" }] } } : {}),
      },
      { parent: this },
    );
    const servicePrincipal = new azuread.ServicePrincipal(
      name,
      {
        clientId: application.clientId,
        owners: args.owners,
        appRoleAssignmentRequired: args.assignedGroups !== undefined,
      },
      { parent: this },
    );
    for (const { key, objectId } of args.assignedGroups ?? []) {
      new azuread.AppRoleAssignment(
        `${name}-${key}`,
        {
          appRoleId: defaultAccessRole,
          principalObjectId: objectId,
          resourceObjectId: servicePrincipal.objectId,
        },
        { parent: this },
      );
    }
    if (args.adminConsent ?? false) this.consent(name, servicePrincipal);
    const secrets = this.secrets(name, application.id, args);

    this.clientId = application.clientId;
    this.clientSecret = secrets.value;
    this.previousClientSecret = secrets.previous;
    this.clientSecretEndDate = secrets.endDate;
    this.applicationObjectId = application.objectId;
    this.servicePrincipalObjectId = servicePrincipal.objectId;
    this.registerOutputs({
      clientId: this.clientId,
      clientSecret: this.clientSecret,
      clientSecretEndDate: this.clientSecretEndDate,
    });
  }

  private secrets(name: string, applicationId: pulumi.Output<string>, args: OidcApplicationArgs) {
    if (args.clientSecret !== undefined) {
      const kept = { value: pulumi.secret(args.clientSecret), endDate: pulumi.output(args.clientSecretEndDate) };
      return { ...kept, previous: undefined };
    }
    const { current, previous } = clientSecrets(
      name,
      { applicationId, version: args.clientSecretVersion ?? 1, endDate: args.clientSecretEndDate },
      this,
    );
    return {
      value: pulumi.secret(current.value),
      endDate: current.endDate,
      previous: previous === undefined ? undefined : pulumi.secret(previous.value),
    };
  }

  private consent(name: string, servicePrincipal: azuread.ServicePrincipal): void {
    const graph = azuread.getServicePrincipalOutput({ clientId: microsoftGraphAppId }, { parent: this });
    new azuread.ServicePrincipalDelegatedPermissionGrant(
      name,
      {
        servicePrincipalObjectId: servicePrincipal.objectId,
        resourceServicePrincipalObjectId: graph.objectId,
        claimValues: Object.keys(delegatedScopes),
      },
      { parent: this },
    );
  }
}
