import type { GraphClient } from "./client";
import { eq, where } from "./collections";

/** Client secret of an application, without its value. */
export interface ClientSecret {
  keyId: string;
  displayName: string | null;
  /** Expiry in ISO 8601. */
  endDateTime: string;
}

/**
 * Lists the client secrets of the application with this client id; `undefined` if no application has it.
 * @throws GraphError
 */
export async function clientSecrets(
  graph: GraphClient,
  clientId: string,
  signal?: AbortSignal,
): Promise<ClientSecret[] | undefined> {
  const answer = (await graph.request({
    method: "GET",
    path: `/applications?${where(eq("appId", clientId))}&$select=id,passwordCredentials`,
    operation: "read the application's client secrets",
    permission: "Application.Read.All",
    ...(signal ? { signal } : {}),
  })) as { value?: { passwordCredentials?: ClientSecret[] }[] } | undefined;
  const application = answer?.value?.[0];
  return application && (application.passwordCredentials ?? []);
}
