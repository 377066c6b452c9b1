import { registrationName } from "../../../components/registration";
import { stackName, type Run } from "../scenario";
import { recordPlugin } from "../recorded";
import { leaksIn, type KnownSecret } from "../secrets";
import { output } from "./look";

const namespace = "smallstep";

/** No secret is where it does not belong: looked for by value, in every form that leaks() knows. */
export async function secrets(run: Run): Promise<void> {
  const { world, stack, checks } = run;
  const known = await knownSecrets(run);
  checks.assert(
    "all of them are known",
    known.every(({ value }) => value.length > 8),
    known.map(({ name }) => name).join(", "),
  );
  const nowhere = (name: string, places: Record<string, string>) => {
    const size = Object.values(places).reduce((sum, text) => sum + text.length, 0);
    const found = leaksIn(places, known);
    checks.assert(
      `none is in ${name}`,
      found.length === 0 && size > 0,
      found.join("; ") || `${Math.ceil(size / 1024)} KiB`,
    );
  };

  nowhere("the state, its backups and its history", {
    state: await stack.stateFile(),
    files: await stack.backendFiles(),
  });
  nowhere("what the engine printed: previews, differences, errors", { transcript: stack.transcript.join("") });
  nowhere("the engine's events", { events: stack.events.join("\n") });
  nowhere("the exported stack and its outputs", { shown: await stack.exportWithoutSecrets() });
  nowhere("what our plugin says at -v=9", { said: await atVerbosity9(run) });
  nowhere("the objects of Kubernetes but the Secret", await objects(run));
  nowhere("this run's own report", { report: JSON.stringify(checks.all) });
  if (world.runner === undefined) return;
  const words = world.runner.started.map((process) => process.words.join(" "));
  nowhere("the arguments that a container was started with", { words: words.join("\n") });
  nowhere("the Job's logs", { logs: await logs(run) });
  if (run.commandLines.seen.size === 0) return;
  // manage-provisioners takes the client secret by a flag, and the CA publishes it; see docs/secrets.md.
  const exception = (line: string) => /manage-provisioners.* --client-secret /.test(line);
  const lines = [...run.commandLines.seen];
  nowhere("the command lines of processes, but that of manage-provisioners", {
    lines: lines.filter((line) => !exception(line)).join("\n"),
  });
  const inException = leaksIn({ it: lines.filter(exception).join("\n") }, known);
  checks.assert(
    "that one holds the client secret at most",
    inException.every((leak) => leak.includes("OIDC client secret")),
    inException.join("; "),
  );
}

async function knownSecrets(run: Run): Promise<KnownSecret[]> {
  const { world } = run;
  const name = registrationName(world.smallstep.team.slug, stackName);
  const secret = await run.core.readNamespacedSecret({ name, namespace });
  return [
    { name: "SCIM token", value: world.smallstep.directory.token },
    { name: "SCIM token of another directory", value: world.smallstep.otherDirectory.token },
    { name: "OIDC client secret", value: String(await output(run, "clientSecret")) },
    { name: "password of folk", value: world.smallstep.folk.deployer.password },
    { name: "the Job's password", value: Buffer.from(secret.data?.["PGPASSWORD"] ?? "", "base64").toString() },
    { name: "the deployer's client secret", value: world.graph.deployer.clientSecret },
    ...world.graph.state.accessTokens.slice(-3).map((value) => ({ name: "an access token", value })),
  ];
}

/** All that our plugin writes in a preview with a refresh, started as `pulumi --logflow --logtostderr -v=9` starts it. */
async function atVerbosity9({ world, stack, plugins }: Run): Promise<string> {
  const recorded = await recordPlugin(world.dir, "usersync", plugins["usersync"] ?? "");
  await stack.usePlugins({ ...plugins, usersync: recorded.folder });
  try {
    await stack.preview({ refresh: true, logFlow: true, logToStdErr: true, logVerbosity: 9 });
  } finally {
    await stack.usePlugins(plugins);
  }
  return recorded.said();
}

async function objects({ core, batch }: Run): Promise<Record<string, string>> {
  const [configMaps, jobs, pods, events, accounts] = await Promise.all([
    core.listNamespacedConfigMap({ namespace }),
    batch.listNamespacedJob({ namespace }),
    core.listNamespacedPod({ namespace }),
    core.listNamespacedEvent({ namespace }),
    core.listNamespacedServiceAccount({ namespace }),
  ]);
  return Object.fromEntries(
    Object.entries({ configMaps, jobs, pods, events, accounts }).map(([kind, { items }]) => [
      kind,
      JSON.stringify(items),
    ]),
  );
}

async function logs({ world, core }: Run): Promise<string> {
  const pods = await core.listNamespacedPod({ namespace });
  const all = await Promise.all(
    pods.items.flatMap((pod) =>
      ["compare", "register", "wait-for-users", "switch-team"].map((container) =>
        world.runner?.logs({ namespace, name: pod.metadata?.name ?? "" }, container),
      ),
    ),
  );
  return all.join("\n");
}
