import * as z from "zod/mini";
import type { GraphClient } from "./client";
import { eq, listAll, where } from "./collections";

/** Client secret of an application, without its value. */
const clientSecret = z.object({
  keyId: z.string(),
  displayName: z.nullable(z.string()),
  /** Expiry in ISO 8601. */
  endDateTime: z.string(),
  /** The first three characters of the secret. */
  hint: z.nullish(z.string()),
});
export type ClientSecret = z.infer<typeof clientSecret>;
const application = z.object({ passwordCredentials: z.array(clientSecret) });

/**
 * Lists the client secrets of the application with this client id; `undefined` if no application has it.
 * @throws GraphError
 */
export async function clientSecrets(graph: GraphClient, clientId: string): Promise<ClientSecret[] | undefined> {
  const call = {
    path: `/applications?${where(eq("appId", clientId))}&$select=id,passwordCredentials`,
    operation: "read the application's client secrets",
    permission: "Application.Read.All",
  };
  for await (const { passwordCredentials } of listAll(graph, call, application)) return passwordCredentials;
  return undefined;
}
