import * as pulumi from "@pulumi/pulumi";

import { checkTeams as checkTeamsFunction } from "../functions/checkTeams";
import { getProvisioner as getProvisionerFunction } from "../functions/getProvisioner";

import { getScimLogin as getScimLoginFunction } from "../functions/getScimLogin";
import { fingerprintSecret } from "../resources/registration/clientSecretFingerprint";
import { registration } from "../resources/registration/registration";
import { teams } from "../resources/teams";
import { type ArgumentsOf, invocations, resourceClass } from "./declared";

export class Registration extends resourceClass(registration) {}
export class Teams extends resourceClass(teams) {}
export type RegistrationArgs = ArgumentsOf<typeof registration>;

export const [checkTeams] = invocations(checkTeamsFunction);
export const [getProvisioner] = invocations(getProvisionerFunction);
export const [getScimLogin, getScimLoginOutput] = invocations(getScimLoginFunction);

/** Returns the value of `provisioner.clientSecretFingerprint`. It does not reveal the secret, so it is not secret. */
export function clientSecretFingerprint(
  clientSecret: pulumi.Input<string>,
  clientId: pulumi.Input<string>,
): pulumi.Output<string> {
  return pulumi.unsecret(pulumi.all([clientSecret, clientId]).apply(([secret, id]) => fingerprintSecret(secret, id)));
}
