import { applicationEndpoints } from "./directory/applications";
import { assignmentEndpoints } from "./directory/assignments";
import { groupEndpoints } from "./directory/groups";
import { organizationEndpoints } from "./directory/organization";
import { provisioningLogEndpoints } from "./directory/provisioningLog";
import { servicePrincipalEndpoints } from "./directory/servicePrincipals";
import { templateEndpoints } from "./directory/templates";
import { userEndpoints } from "./directory/users";
import type { Endpoint } from "./http/endpoint";
import { connectionEndpoints } from "./synchronization/connection";
import { jobEndpoints } from "./synchronization/jobs";
import { languageEndpoints } from "./synchronization/language";
import { schemaEndpoints } from "./synchronization/schema";
import { secretEndpoints } from "./synchronization/secrets";

/** All Graph operations that the emulator implements. */
export const endpoints: Endpoint[] = [
  ...userEndpoints,
  ...groupEndpoints,
  ...applicationEndpoints,
  ...templateEndpoints,
  ...servicePrincipalEndpoints,
  ...assignmentEndpoints,
  ...organizationEndpoints,
  ...jobEndpoints,
  ...schemaEndpoints,
  ...secretEndpoints,
  ...connectionEndpoints,
  ...languageEndpoints,
  ...provisioningLogEndpoints,
];
