import { defineResource } from "../host/define";
import { property } from "../host/properties";
import type { CallContext } from "../host/types";
import type { EntraConfig } from "./entraConfig";
import { jobIdentity, openJob, scimCredentials, testCredentials } from "./synchronizationJob";

export const connectionTest = defineResource({
  token: "usersync:entra:ConnectionTest",
  description:
    'Connection test like the portal\'s "Test connection": checks that Entra reaches the SCIM endpoint with the ' +
    "credentials, on creation and after each change. Saves nothing. Resources that use the `credentials` output save the " +
    "credentials only after the test has succeeded. Import by `jobId`. Source: Microsoft Graph `validateCredentials`; " +
    "needs Synchronization.ReadWrite.All.",
  inputs: {
    ...jobIdentity,
    credentials: property("Credentials to test. A change repeats the test.", scimCredentials),
  },
  // The outputs are the inputs, so that a preview shows a change in dependent resources only if the token changes.
  outputs: {},

  async create(ctx: CallContext<EntraConfig>, inputs) {
    await testCredentials(await openJob(ctx, inputs.jobId, { eventuallyConsistent: true }), inputs.credentials);
    return { id: inputs.jobId, outputs: inputs };
  },

  async read(ctx, id, { inputs }) {
    const job = await openJob(ctx, id);
    // A passed test stays valid, so only an import reads the job. Provisioning reports a job that no longer exists.
    if (inputs.credentials === undefined && (await job.get()) === undefined) return undefined;
    const now = { ...inputs, jobId: id };
    return { inputs: now, outputs: now };
  },

  async update(ctx, { id, inputs }) {
    await testCredentials(await openJob(ctx, id), inputs.credentials);
    return inputs;
  },

  // The test leaves nothing in Entra.
  delete: () => Promise.resolve(),
});
