import { applicationEndpoints } from "./directory/applications";
import { templateEndpoints } from "./directory/applicationTemplates";
import { assignmentEndpoints } from "./directory/assignments";
import { credentialEndpoints } from "./directory/credentials";
import { directoryObjectEndpoints } from "./directory/directoryObjects";
import { groupEndpoints } from "./directory/groups";
import { organizationEndpoints } from "./directory/organization";
import { permissionGrantEndpoints } from "./directory/permissionGrants";
import { provisioningLogEndpoints } from "./directory/provisioningLog";
import { userEndpoints } from "./directory/users";
import type { Endpoint } from "./http/endpoint";
import { jobEndpoints, schemaEndpoints } from "./synchronization/jobEndpoints";
import { secretEndpoints } from "./synchronization/secretEndpoints";

/** All Graph operations that the emulator implements. */
export const endpoints: Endpoint[] = [
  ...userEndpoints,
  ...groupEndpoints,
  ...applicationEndpoints,
  ...credentialEndpoints,
  ...templateEndpoints,
  ...assignmentEndpoints,
  ...permissionGrantEndpoints,
  ...directoryObjectEndpoints,
  ...organizationEndpoints,
  ...jobEndpoints,
  ...schemaEndpoints,
  ...secretEndpoints,
  ...provisioningLogEndpoints,
];
