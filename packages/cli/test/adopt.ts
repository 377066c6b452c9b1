import { openGraph } from "@smallstep-ssh/usersync/openGraph";
import type { GraphEmulator, Authority } from "entra-emulator";
import type { Smallstep } from "@smallstep-ssh/sandbox";
import { adoptCommand } from "../commands/adopt";
import { run, type RunResult } from "./terminal";

export interface TestEnvironment {
  graph: GraphEmulator;
  smallstep: Smallstep;
  authority: Authority;
}

/** Runs the command in this process against the sandbox. Default credentials: the deployer's. */
export function adopt(
  { graph, smallstep, authority }: TestEnvironment,
  argv: readonly string[],
  given: { env?: NodeJS.ProcessEnv; credentials?: { clientId: string; clientSecret: string } } = {},
): Promise<RunResult> {
  const { metadataHost } = graph;
  const { clientId, clientSecret } = given.credentials ?? graph.deployer;
  const options = { trust: authority.caPem, times: { firstMs: 1, maxRetryAfterMs: 2000, requestMs: 20_000 }, env: {} };
  const open = () =>
    Promise.resolve({
      openGraph: (tenantId: string) => openGraph({ tenantId, metadataHost, clientId, clientSecret }, options),
      loginEndpoint: graph.url,
      project: "smallstep-ssh-azuread",
      versions: { azuread: "6.9.1", usersync: "0.1.0" },
    });
  const env = given.env ?? { PGPASSWORD: smallstep.database.deployer.password };
  return run((context) => adoptCommand(context, open), argv, { env });
}

/** Returns the options that the command requires in the sandbox. */
export function adoptArguments(
  { graph, smallstep, authority }: TestEnvironment,
  stack: string,
  output: string,
): string[] {
  const { database, team, ca } = smallstep;
  return [
    ...["--stack", stack, "--output", output, "--tenant", graph.tenantId, "--team", team.slug],
    ...["--ca-url", ca.url, "--ca-root-cert", authority.caFile, "--authority-id", team.authorityId],
    ...["--api-host", "api.smallstep.example", "--admin-tools-image", "registry.smallstep.example/admin-tools:sandbox"],
    ...[
      "--database-host",
      database.host,
      "--database-port",
      String(database.port),
      "--database-username",
      database.deployer.username,
    ],
    ...["--database-ssl-root-cert", authority.caFile],
  ];
}
