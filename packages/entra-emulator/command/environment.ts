import type { ClientCredentials, GraphEmulator } from "../emulator";

/**
 * Returns shell commands that set the environment variables of the azuread provider (ARM_*), the Azure SDKs (AZURE_*) and the
 * trust of Node.js, Go and Python. They read the client secret from its file.
 */
export function environmentCommands(
  graph: GraphEmulator,
  client: ClientCredentials,
  secretFile: string,
  bundleFile: string | undefined,
): string {
  const secret = `"$(cat ${quoted(secretFile)})"`;
  const variables: [name: string, value: string][] = [
    ["ARM_TENANT_ID", quoted(graph.tenantId)],
    ["ARM_CLIENT_ID", quoted(client.clientId)],
    ["ARM_CLIENT_SECRET", secret],
    ["ARM_METADATA_HOSTNAME", quoted(graph.metadataHost)],
    ["AZURE_TENANT_ID", quoted(graph.tenantId)],
    ["AZURE_CLIENT_ID", quoted(client.clientId)],
    ["AZURE_CLIENT_SECRET", secret],
    ["AZURE_AUTHORITY_HOST", quoted(graph.url)],
    ...(bundleFile === undefined
      ? []
      : ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"].map((name): [string, string] => [
          name,
          quoted(bundleFile),
        ])),
  ];
  return variables.map(([name, value]) => `export ${name}=${value}\n`).join("");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
