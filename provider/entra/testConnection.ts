import { GraphError, JobApi } from "../graph";
import { InputErrors, UNKNOWN, type FunctionHandler, type PropertyMap } from "../host";
import type { EntraConfig } from "./config";
import { checkProvisioning } from "./provisioningChecks";

/** `usersync:entra:testConnection`; what its arguments mean is said in provider/sdk/testConnection.ts. */
export const testConnection: FunctionHandler<EntraConfig> = {
  secretOutputs: ["secretToken"],

  async invoke(ctx, args) {
    const { jobId, baseAddress, secretToken } = args;
    if ([jobId, baseAddress, secretToken].includes(UNKNOWN)) return { secretToken: UNKNOWN };
    const inputs: PropertyMap = { jobId, credentials: { baseAddress, secretToken } };
    const { failures } = checkProvisioning(inputs);
    if (failures.length > 0) throw new InputErrors(failures);
    const graph = await ctx.config.graph(ctx.signal);
    await testCredentials(new JobApi(graph, String(jobId), { signal: ctx.signal, settling: true }), inputs);
    return { secretToken };
  },
};

/**
 * The portal's "Test connection": nothing is saved.
 * @throws InputErrors of `credentials` when Entra cannot use them
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
    if (!(error instanceof GraphError) || [0, 401, 403, 404].includes(error.status)) throw error;
    const reason = `Entra could not reach the SCIM endpoint ${baseAddress} with this token. ${error.message}`;
    throw new InputErrors([{ property: "credentials", reason }]);
  }
}
