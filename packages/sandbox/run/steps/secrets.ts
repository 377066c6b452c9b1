import { registrationName } from "@smallstep-ssh/components";
import { stackName, type Run } from "../run";
import { recordPlugin } from "../recorded";
import { namespace } from "../settings";
import { leaksIn, type KnownSecret } from "../secrets";
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
  const nowhere = (name: string, places: Record<string, string>) => {
    const size = Object.values(places).reduce((sum, text) => sum + text.length, 0);
    const found = leaksIn(places, known);
    checks.assert(
      `no secret is in ${name}`,
      found.length === 0 && size > 0,
      found.join("; ") || `${Math.ceil(size / 1024)} KiB`,
    );
  };

  nowhere("the state, its backups and its history", {
    state: await stack.stateFile(),
    files: await stack.backendFiles(),
  });
  nowhere("the engine's output: previews, diffs, errors", { transcript: stack.transcript.join("") });
  nowhere("the engine's events", { events: stack.events.join("\n") });
  nowhere("the exported stack and its outputs", { shown: await stack.exportWithoutSecrets() });
  nowhere("the plugin's output at -v=9", { output: await atVerbosity9(run) });
  nowhere("the Kubernetes objects other than the Secret", await objects(run));
  nowhere("the report of this run", { report: JSON.stringify(checks.all) });
  if (runner === undefined) return;
  const commandLines = runner.commandLines.map((words) => words.join(" "));
  nowhere("the containers' arguments", { commandLines: commandLines.join("\n") });
  nowhere("the Job's logs", { logs: await logs(run) });
  if (run.commandLines.seen.size === 0) return;
  // manage-provisioners accepts the client secret only as a flag, and the CA publishes it. See docs/secrets.md.
  const exception = (line: string) => /manage-provisioners.* --client-secret /.test(line);
  const lines = [...run.commandLines.seen];
  nowhere("the processes' command lines, except that of manage-provisioners", {
    lines: lines.filter((line) => !exception(line)).join("\n"),
  });
  const inException = leaksIn({ it: lines.filter(exception).join("\n") }, known);
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

async function objects({ core, batch }: Run): Promise<Record<string, string>> {
  const lists = {
    configMaps: await core.listNamespacedConfigMap({ namespace }),
    jobs: await batch.listNamespacedJob({ namespace }),
    pods: await core.listNamespacedPod({ namespace }),
    events: await core.listNamespacedEvent({ namespace }),
    accounts: await core.listNamespacedServiceAccount({ namespace }),
  };
  return Object.fromEntries(Object.entries(lists).map(([kind, { items }]) => [kind, JSON.stringify(items)]));
}

async function logs({ runner, core }: Run): Promise<string> {
  const { items } = await core.listNamespacedPod({ namespace });
  const containers = items.flatMap(({ metadata }) =>
    ["compare", "register", "wait-for-users", "switch-team"].map((container) =>
      runner?.logs({ namespace, name: metadata?.name ?? "" }, container),
    ),
  );
  return (await Promise.all(containers)).join("\n");
}
