import { registrationName } from "@smallstep-ssh/components";
import { stackName, type Run } from "../run";
import { recordPlugin } from "../recorded";
import { namespace } from "../settings";
import { leaks, type KnownSecret } from "../secrets";
import { output } from "./queries";

/** Searches all output of the run for the secrets' values, in every form that leaks() recognizes. */
export async function secrets(run: Run): Promise<void> {
  const { runner, stack, checks } = run;
  const known = await knownSecrets(run);
  checks.assert(
    "the values of all secrets are known",
    known.every(({ value }) => value.length > 8),
    known.map(({ name }) => name).join(", "),
  );
  const texts: Record<string, string> = {
    "the state, its backups and its history": `${await stack.stateFile()}\n${await stack.backendFiles()}`,
    "the engine's output: previews, diffs, errors": stack.transcript.join(""),
    "the engine's events": stack.events.join("\n"),
    "the exported stack and its outputs": await stack.exportWithoutSecrets(),
    "the plugin's output at -v=9": await atVerbosity9(run),
    "the Kubernetes objects other than the Secret": await objects(run),
    "the report of this run": JSON.stringify(checks.all),
  };
  if (runner !== undefined) {
    texts["the containers' arguments"] = runner.commandLines.map((words) => words.join(" ")).join("\n");
    texts["the Job's logs"] = await logs(run);
  }
  // manage-provisioners accepts the client secret only as a flag, and the CA publishes it. See docs/secrets.md.
  const isException = (line: string) => /manage-provisioners.* --client-secret /.test(line);
  const lines = runner === undefined ? [] : [...run.commandLines.seen];
  const others = lines.filter((line) => !isException(line)).join("\n");
  if (lines.length > 0) texts["the processes' command lines, except that of manage-provisioners"] = others;
  for (const [place, text] of Object.entries(texts)) {
    const found = leaks(text, known).join("; ");
    const size = `${Math.ceil(text.length / 1024)} KiB`;
    checks.assert(`no secret is in ${place}`, found === "" && text !== "", found || size);
  }
  if (lines.length === 0) return;
  const inException = leaks(lines.filter(isException).join("\n"), known);
  checks.assert(
    "the command line of manage-provisioners contains no secret except the client secret",
    inException.every((leak) => leak.includes("OIDC client secret")),
    inException.join("; "),
  );
}

async function knownSecrets(run: Run): Promise<KnownSecret[]> {
  const { graph, smallstep } = run;
  const name = registrationName(smallstep.team.slug, stackName);
  const secret = await run.core.readNamespacedSecret({ name, namespace });
  return [
    { name: "SCIM token", value: smallstep.directory.token },
    { name: "SCIM token of another directory", value: smallstep.otherDirectory.token },
    { name: "OIDC client secret", value: String(await output(run, "clientSecret")) },
    { name: "password of folk", value: smallstep.database.deployer.password },
    { name: "the Job's password", value: Buffer.from(secret.data?.["PGPASSWORD"] ?? "", "base64").toString() },
    { name: "the deployer's client secret", value: graph.deployer.clientSecret },
    ...graph.state.accessTokens.slice(-3).map((value) => ({ name: "an access token", value })),
  ];
}

/** Returns the plugin's output during a preview with a refresh and with `--logflow --logtostderr -v=9`. */
async function atVerbosity9({ dir, stack, plugins }: Run): Promise<string> {
  const recorded = await recordPlugin(dir, "usersync", plugins["usersync"] ?? "");
  await stack.usePlugins({ ...plugins, usersync: recorded.folder });
  try {
    await stack.preview({ refresh: true, logFlow: true, logToStdErr: true, logVerbosity: 9 });
  } finally {
    await stack.usePlugins(plugins);
  }
  return recorded.output();
}

async function objects({ core, batch }: Run): Promise<string> {
  const lists = [
    await core.listNamespacedConfigMap({ namespace }),
    await batch.listNamespacedJob({ namespace }),
    await core.listNamespacedPod({ namespace }),
    await core.listNamespacedEvent({ namespace }),
    await core.listNamespacedServiceAccount({ namespace }),
  ];
  return lists.map(({ items }) => JSON.stringify(items)).join("\n");
}

async function logs({ runner, core }: Run): Promise<string> {
  const { items } = await core.listNamespacedPod({ namespace });
  const containers = items.flatMap(({ metadata }) =>
    ["compare", "register", "wait-for-users", "switch-team"].map((container) =>
      Promise.resolve(runner?.logs({ namespace, name: metadata?.name ?? "" }, container)),
    ),
  );
  return (await Promise.all(containers)).join("\n");
}
