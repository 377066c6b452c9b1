import { openGraph } from "@smallstep-ssh/usersync/openGraph";
import type { GraphEmulator, Authority } from "entra-emulator";
import type { Smallstep } from "@smallstep-ssh/sandbox";
import { runSubcommand } from "../common/command";
import { adoptCommand } from "../commands/adopt";

/** The output of a run of the command, and its exit code. For tests. */
export interface RunResult {
  code: number;
  out: string;
  err: string;
}

export interface TestEnvironment {
  graph: GraphEmulator;
  smallstep: Smallstep;
  authority: Authority;
}

/** Runs the command in this process against the sandbox. Default credentials: the deployer's. */
export async function adopt(
  { graph, smallstep, authority }: TestEnvironment,
  argv: readonly string[],
  given: { env?: NodeJS.ProcessEnv; credentials?: { clientId: string; clientSecret: string } } = {},
): Promise<RunResult> {
  const result: RunResult = { code: -1, out: "", err: "" };
  const { metadataHost } = graph;
  const { clientId, clientSecret } = given.credentials ?? graph.deployer;
  const options = { trust: authority.caPem, times: { firstMs: 1, maxRetryAfterMs: 2000, requestMs: 20_000 }, env: {} };
  const terminal = {
    write: (text: string) => void (result.out += text),
    writeError: (text: string) => void (result.err += text),
    colour: false,
    interactive: false,
  };
  const context = { terminal, env: given.env ?? { PGPASSWORD: smallstep.database.deployer.password } };
  const command = adoptCommand(context, () =>
    Promise.resolve({
      openGraph: (tenantId: string) => openGraph({ tenantId, metadataHost, clientId, clientSecret }, options),
      loginEndpoint: graph.url,
      project: "smallstep-ssh-azuread",
      versions: { azuread: "6.9.1", usersync: "0.1.0" },
    }),
  );
  result.code = await runSubcommand(command, argv, terminal);
  return result;
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
