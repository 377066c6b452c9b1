import type { Rule } from "../rule";
import { clientSecretsEnd } from "./clientSecrets";
import { databaseIsVerified, databaseRoleOfTheJob } from "./database";
import { deactivationArrives, userNameMatches } from "./mappings";
import { restrictedPods } from "./pods";
import { provisioningStartsLast } from "./provisioning";
import { noDefaultAccessBesideRoles } from "./roles";
import { secretsByReference, secretsOnlyInSecrets } from "./secretValues";
import { redirectsToLoopback, singleTenant } from "./tenant";

export const rules: readonly Rule[] = [
  userNameMatches,
  deactivationArrives,
  noDefaultAccessBesideRoles,
  secretsByReference,
  secretsOnlyInSecrets,
  clientSecretsEnd,
  singleTenant,
  redirectsToLoopback,
  restrictedPods,
  databaseRoleOfTheJob,
  databaseIsVerified,
  provisioningStartsLast,
];
