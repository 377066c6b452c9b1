import { registrationName } from "../../../components/registration";
import { leaks, type KnownSecret } from "../secrets";
import { stackName, type Run } from "../scenario";
import { output } from "./look";

/** No secret is where it does not belong. */
export async function secrets(run: Run): Promise<void> {
  const { world, stack, checks } = run;
  const name = registrationName(world.smallstep.team.slug, stackName);
  const secret = await run.core.readNamespacedSecret({ name, namespace: "smallstep" });
  const known: KnownSecret[] = [
    { name: "SCIM token", value: world.smallstep.directory.token },
    { name: "OIDC client secret", value: String(await output(run, "clientSecret")) },
    { name: "password of folk", value: world.smallstep.folk.deployer.password },
    { name: "the Job's password", value: Buffer.from(secret.data?.["PGPASSWORD"] ?? "", "base64").toString() },
    { name: "the deployer's client secret", value: world.graph.deployer.clientSecret },
  ];
  checks.that(
    "all of them are known",
    known.every(({ value }) => value.length > 8),
    `${known.length} secrets`,
  );
  checks.equal("none is in the state in clear", leaks(await stack.stateFile(), known), []);
  checks.equal("none is in what the engine printed", leaks(stack.transcript.join(""), known), []);
  const configMaps = await run.core.listNamespacedConfigMap({ namespace: "smallstep" });
  const jobs = await run.batch.listNamespacedJob({ namespace: "smallstep" });
  const pods = await run.core.listNamespacedPod({ namespace: "smallstep" });
  checks.equal(
    "none is in the manifests",
    leaks(JSON.stringify([configMaps.items, jobs.items, pods.items]), known),
    [],
  );
  if (world.runner === undefined) return;
  const words = world.runner.started.map((process) => process.words.join(" "));
  checks.equal("none is in the arguments that a container was started with", leaks(words.join("\n"), known), []);
  const logs = await Promise.all(
    pods.items.flatMap((pod) =>
      ["compare", "register", "wait-for-users", "switch-team"].map((container) =>
        world.runner!.logs({ namespace: "smallstep", name: pod.metadata?.name ?? "" }, container),
      ),
    ),
  );
  checks.equal("none is in the Job's logs", leaks(logs.join("\n"), known), []);
}
