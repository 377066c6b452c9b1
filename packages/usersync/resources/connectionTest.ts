import { GraphError } from "../clients/graph/errors";
import { JobApi } from "../clients/graph/synchronization";
import { diffInputs } from "../host/diff";
import { InputErrors, type CallContext, type PropertyMap, type ResourceHandler } from "../host/types";
import { checkJobId } from "./attributeMappings/inputs";
import type { EntraConfig } from "./entraConfig";
import { checkCredentials } from "./provisioning/inputs";

/** Handler of `usersync:entra:ConnectionTest`. Its inputs are documented in sdk/connectionTest.ts. */
export const connectionTest: ResourceHandler<EntraConfig> = {
  secretOutputs: ["credentials.secretToken"],

  check: (_ctx, { news }) => {
    const failures = [...checkJobId(news["jobId"]), ...checkCredentials(news["credentials"] ?? null)];
    return Promise.resolve({ inputs: news, failures });
  },

  diff: (_ctx, { oldInputs, newInputs }) => Promise.resolve(diffInputs(oldInputs, newInputs, { replaceOn: ["jobId"] })),

  async create(ctx, { inputs, preview }) {
    // Return the inputs as outputs, so that a preview shows a change in dependent resources only if the token changes.
    if (preview) return { id: "", outputs: inputs };
    await testCredentials(await open(ctx, inputs["jobId"], true), inputs);
    return { id: String(inputs["jobId"]), outputs: inputs };
  },

  async read(ctx, { id, inputs }) {
    const failures = checkJobId(id);
    if (failures.length > 0) throw new InputErrors(failures);
    // A passed test stays valid, so only an import reads the job. Provisioning reports a job that no longer exists.
    const isImport = inputs["credentials"] === undefined;
    if (isImport && (await (await open(ctx, id, false)).get()) === undefined) return undefined;
    const now = { ...inputs, jobId: id };
    return { id, inputs: now, outputs: now };
  },

  async update(ctx, { id, newInputs, preview }) {
    if (!preview) await testCredentials(await open(ctx, id, false), newInputs);
    return { outputs: newInputs };
  },

  // The test leaves nothing in Entra.
  delete: () => Promise.resolve(),
};

async function open(
  ctx: CallContext<EntraConfig>,
  jobId: PropertyMap[string],
  eventuallyConsistent: boolean,
): Promise<JobApi> {
  return new JobApi(await ctx.config.graph(ctx.signal), String(jobId), { signal: ctx.signal, eventuallyConsistent });
}

/**
 * Tests the credentials like the portal's "Test connection". Saves nothing.
 * @throws InputErrors for `credentials` if Entra cannot use them; GraphError for other failures
 */
export async function testCredentials(job: JobApi, inputs: PropertyMap): Promise<void> {
  const credentials = inputs["credentials"] as { baseAddress: string; secretToken: string } | undefined;
  if (credentials === undefined) return;
  const { baseAddress, secretToken } = credentials;
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
