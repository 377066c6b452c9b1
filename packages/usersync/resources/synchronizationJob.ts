import * as z from "zod/mini";

import { GraphError } from "../clients/graph/errors";
import { isJobId, JOB_ID_FORM, JobApi } from "../clients/graph/synchronization";
import { objectType, property, type Values, wholeNumber } from "../host/properties";
import { type CallContext, InputErrors } from "../host/types";
import { httpsUrl, parseValues } from "../host/validate";
import type { EntraConfig } from "./entraConfig";

/** Input `jobId` of every resource of a job, which is also the id of the resource. */
export const jobIdentity = {
  jobId: property(
    "Id of the job, as azuread returns it: `/servicePrincipals/{object id}/synchronization/jobs/{job id}`.",
    z
      .string()
      .check(
        z.refine(isJobId, { error: ({ input }) => `${JSON.stringify(input)} is not of the form ${JOB_ID_FORM}.` }),
      ),
    { replaceOnChanges: true },
  ),
};

export const percentage = z.optional(wholeNumber({ minimum: 0, maximum: 100 }));

export const scimCredentials = objectType(
  "usersync:entra:ScimCredentials",
  'Credentials of the SCIM endpoint. They are tested like the portal\'s "Test connection" and never saved.',
  {
    baseAddress: property("Tenant URL: `https://host/DIRECTORY/v2`.", httpsUrl),
    secretToken: property(
      "Bearer token of the SCIM endpoint.",
      z.string().check(z.minLength(1, { error: "must be the SCIM token; it is empty." })),
      { secret: true },
    ),
  },
);

/** Opens a job by its id. `eventuallyConsistent` retries while a new job is not visible yet. @throws InputErrors */
export async function openJob(
  ctx: CallContext<EntraConfig>,
  id: string,
  { eventuallyConsistent = false } = {},
): Promise<JobApi> {
  const { jobId } = parseValues(jobIdentity, { jobId: id });
  return new JobApi(await ctx.config.graph(ctx.signal), jobId, {
    signal: ctx.signal,
    eventuallyConsistent,
  });
}

/**
 * Tests the credentials like the portal's "Test connection". Saves nothing.
 * @throws InputErrors for `credentials` if Entra cannot use them; GraphError for other failures
 */
export async function testCredentials(
  job: JobApi,
  { baseAddress, secretToken }: Values<{ credentials: typeof scimCredentials }>["credentials"],
): Promise<void> {
  try {
    await job.validateCredentials([
      { key: "BaseAddress", value: baseAddress },
      { key: "SecretToken", value: secretToken },
    ]);
  } catch (error) {
    // Only a 400 is about the credentials.
    if (!(error instanceof GraphError) || error.status !== 400) throw error;
    const reason = `Entra could not reach the SCIM endpoint ${baseAddress} with this token. ${error.message}`;
    throw new InputErrors([{ property: "credentials", reason }]);
  }
}
