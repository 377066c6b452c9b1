import * as azuread from "@pulumi/azuread";
import * as pulumi from "@pulumi/pulumi";
import { defaultAccessRole, defaults, delegatedScopes, microsoftGraphAppId } from "./wellKnown";

/** Returns the display name of a version of the client secret. */
function clientSecretName(version: number): string {
  return version === 1 ? "Smallstep SSH CA" : `Smallstep SSH CA (${version})`;
}

/** A client secret that is about to be created while the previous version exists. */
export interface SecretRotation {
  clientId: pulumi.Output<string>;
  /** Unknown in a preview when the previous version does not exist either. */
  previousSecret: pulumi.Output<string>;
}

export interface OidcApplicationArgs {
  /** Display name of the app registration and its service principal. */
  displayName: pulumi.Input<string>;
  /**
   * Redirect URIs of the public client (RFC 8252, section 7.3: loopback).
   * @default ["http://127.0.0.1"]
   */
  redirectUris?: pulumi.Input<pulumi.Input<string>[]> | undefined;
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
  clientSecretVersion?: number | undefined;
  /**
   * An existing client secret, created outside the component, which is used unchanged. `clientSecretEndDate` must be its end date. Always
   * stored as a secret. Removing this input later creates a new secret, while the existing one stays valid.
   * @default a client secret that the component creates
   */
  clientSecret?: pulumi.Input<string> | undefined;
  /**
   * Whether ID tokens contain the optional `email` claim. The CA rejects users without an email.
   * @default true
   */
  emailClaim?: boolean | undefined;
  /**
   * Groups that may sign in. If set, only their members may. Each key becomes part of a resource name: a change REPLACES the group's
   * assignment.
   * @default all users of the tenant may sign in
   */
  assignedGroups?: readonly { key: string; objectId: pulumi.Input<string> }[] | undefined;
  /**
   * Whether to consent to openid, email and profile for all users, so that no user sees a consent prompt. Needs
   * DelegatedPermissionGrant.ReadWrite.All.
   * @default false
   */
  adminConsent?: boolean | undefined;
  /** Runs before a version other than the first is created, in previews too. An error rejects the rotation. */
  beforeRotation?: ((rotation: SecretRotation) => Promise<void>) | undefined;
}

/**
 * The app registration that users sign in to for the SSH CA: a single-tenant native app on loopback. Its client secret is not
 * confidential, because the CA publishes it at /provisioners (RFC 8252, section 8.5), but Pulumi stores it as a secret.
 * Also creates the service principal, which the portal creates silently but the API does not: without it no user can sign in.
 * Hooks of the component run for each of its resources.
 */
export class OidcApplication extends pulumi.ComponentResource {
  /** Client id (application id). */
  readonly clientId: pulumi.Output<string>;
  /** The current client secret. Stored as a secret. */
  readonly clientSecret: pulumi.Output<string>;
  /** End date of the current client secret (UTC). */
  readonly clientSecretEndDate: pulumi.Output<string>;

  constructor(name: string, args: OidcApplicationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("smallstep-ssh:components:OidcApplication", name, {}, opts);
    const child = { parent: this, hooks: opts?.hooks };
    const application = new azuread.Application(
      name,
      {
        displayName: args.displayName,
        signInAudience: "AzureADMyOrg",
        owners: args.owners,
        publicClient: { redirectUris: args.redirectUris ?? [...defaults.redirectUris] },
        requiredResourceAccesses: [
          {
            resourceAppId: microsoftGraphAppId,
            resourceAccesses: Object.values(delegatedScopes).map((id) => ({ id, type: "Scope" })),
          },
        ],
        optionalClaims: args.emailClaim === false ? undefined : { idTokens: [{ name: "email" }] },
      },
      child,
    );
    const servicePrincipal = new azuread.ServicePrincipal(
      name,
      {
        clientId: application.clientId,
        owners: args.owners,
        appRoleAssignmentRequired: args.assignedGroups !== undefined,
      },
      child,
    );
    for (const { key, objectId } of args.assignedGroups ?? []) {
      new azuread.AppRoleAssignment(
        `${name}-${key}`,
        {
          appRoleId: defaultAccessRole,
          principalObjectId: objectId,
          resourceObjectId: servicePrincipal.objectId,
        },
        child,
      );
    }
    if (args.adminConsent === true) {
      const graph = azuread.getServicePrincipalOutput({ clientId: microsoftGraphAppId }, { parent: this });
      new azuread.ServicePrincipalDelegatedPermissionGrant(
        name,
        {
          servicePrincipalObjectId: servicePrincipal.objectId,
          resourceServicePrincipalObjectId: graph.objectId,
          claimValues: Object.keys(delegatedScopes),
        },
        child,
      );
    }
    this.clientId = application.clientId;
    if (args.clientSecret === undefined) {
      const password = this.createPassword(name, application, args, child);
      this.clientSecret = pulumi.secret(password.value);
      this.clientSecretEndDate = password.endDate;
    } else {
      this.clientSecret = pulumi.secret(args.clientSecret);
      this.clientSecretEndDate = pulumi.output(args.clientSecretEndDate);
    }
    this.registerOutputs({
      clientId: this.clientId,
      clientSecret: this.clientSecret,
      clientSecretEndDate: this.clientSecretEndDate,
    });
  }

  /**
   * Declares the client secret of a version and the previous one, which stays valid because the CA uses it until the registration Job
   * has run. Each is a separate resource that is never replaced. A new secret exists before anything refers to it, and an old one is
   * deleted only with the next version.
   */
  private createPassword(
    name: string,
    { id: applicationId, clientId }: azuread.Application,
    { clientSecretVersion = 1, clientSecretEndDate: endDate, beforeRotation }: OidcApplicationArgs,
    child: pulumi.CustomResourceOptions,
  ): azuread.ApplicationPassword {
    const declare = (version: number, options: pulumi.CustomResourceOptions) =>
      new azuread.ApplicationPassword(
        version === 1 ? name : `${name}-${version}`,
        { applicationId, displayName: clientSecretName(version), endDate },
        // A new end date applies to new secrets only: replacing the secret that the CA uses would break every login.
        { ...options, ignoreChanges: ["endDate"] },
      );
    if (clientSecretVersion === 1) return declare(1, child);
    const previous = declare(clientSecretVersion - 1, child);
    const beforeCreate = [...(child.hooks?.beforeCreate ?? [])];
    if (beforeRotation !== undefined) {
      const rotation = { clientId, previousSecret: pulumi.secret(previous.value) };
      const check = () => beforeRotation(rotation);
      beforeCreate.push(new pulumi.ResourceHook(`rotation of ${name}`, check, { onDryRun: true }));
    }
    // The check needs the previous secret.
    return declare(clientSecretVersion, { ...child, hooks: { ...child.hooks, beforeCreate }, dependsOn: [previous] });
  }
}
