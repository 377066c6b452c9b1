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
   * Object ids of the owners. Should hold the identity that deploys, or it may lose its permission on the app.
   */
  owners: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * When client secrets end that are made from now on, as `2028-01-31T00:00:00Z`; absolute, since the provider ignores relative ends.
   */
  clientSecretEndDate: pulumi.Input<string>;
  /**
   * Raised by one, a new client secret is made; the one before stays valid until the next time.
   * @default 1
   */
  clientSecretVersion?: number;
  /**
   * An existing client secret, made elsewhere: it is used as it is, and `clientSecretEndDate` says when it ends. Always kept as a secret.
   * Taking it away later makes a new one, while the one made elsewhere stays valid.
   * @default a client secret of the component's own
   */
  clientSecret?: pulumi.Input<string>;
  /**
   * Ask for the optional `email` claim in ID tokens; without an email the CA refuses people.
   * @default true
   */
  emailClaim?: boolean;
  /**
   * Groups that may sign in, by a key that becomes part of a resource's name. Given: only their members may.
   * @default everybody in the tenant
   */
  assignedGroups?: readonly { key: string; objectId: pulumi.Input<string> }[];
  /**
   * Consent to openid, email and profile for everybody, so that nobody is asked. Needs
   * DelegatedPermissionGrant.ReadWrite.All.
   * @default false
   */
  adminConsent?: boolean;
}

/** The role of an assignment to an app that declares no roles of its own: "Default Access" in the portal. */
const defaultAccessRole = "00000000-0000-0000-0000-000000000000";

/**
 * The app registration with which people sign in to the SSH CA: of this tenant only, a native app on loopback, with a
 * client secret that is no real secret (the CA publishes it at /provisioners; RFC 8252, section 8.5) but is kept as one here.
 * The service principal, which the portal makes silently and the API does not, is made too: without it nobody can sign in.
 */
export class OidcApplication extends pulumi.ComponentResource {
  /** Client id (application id). */
  readonly clientId: pulumi.Output<string>;
  /** Secret. */
  readonly clientSecret: pulumi.Output<string>;
  /** Secret. The one before, which is valid as well; undefined for version 1. */
  readonly previousClientSecret: pulumi.Output<string> | undefined;
  /** When the client secret ends. */
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
