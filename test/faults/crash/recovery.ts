import type { Ended } from "./engine";
import { deleteObject, type CrashEnvironment } from "./world";

/** What had to be done after a crash, besides running the same command again. */
export interface Recovery {
  /** It went well in the end. */
  ok: boolean;
  /** `cancel`, `refresh`, `import`, `remove`: in the order in which they were needed. */
  steps: string[];
  output: string;
}

/**
 * As docs/reliability.md says: unlock, look at what is there, run again; and where that refuses because of something that the
 * interrupted run left, take it over with the command that the error names, or remove what cannot be taken over or is made anew.
 */
export async function recover(world: CrashEnvironment, operation: "up" | "destroy"): Promise<Recovery> {
  const { engine } = world;
  const steps: string[] = [];
  let last: Ended = { code: 1, output: "" };
  const failed = () => ({ ok: false, steps, output: last.output });
  for (let tries = 0; tries < 8; tries++) {
    last = operation === "up" ? await engine.up() : await engine.destroy();
    if (last.code === 0 && !/pending operations/.test(last.output)) return { ok: true, steps, output: last.output };
    if (/currently locked/.test(last.output)) {
      steps.push("cancel");
      last = await engine.cancel();
      if (last.code !== 0) return failed();
      steps.push("refresh");
      last = await engine.refresh("--clear-pending-creates");
      if (last.code !== 0) return failed();
      continue;
    }
    if (/failed to load checkpoint: EOF/.test(last.output)) {
      steps.push("attrs");
      await engine.removeAttributes();
      continue;
    }
    const commands = imports(last.output);
    for (const command of commands) {
      steps.push("import");
      last = await engine.shell(command);
      if (last.code !== 0) return failed();
    }
    const removals = [...last.output.matchAll(/az ad app credential delete --id (\S+) --key-id ([0-9a-f-]{36})/g)];
    for (const [, appId, keyId] of removals) {
      steps.push("remove");
      remove(world, String(appId), String(keyId));
    }
    const objects = new Map(
      [...last.output.matchAll(/(\w+) \S+\/(\S+) is in the cluster already/g)].map(([, kind, name]) => [name, kind]),
    );
    for (const [name, kind] of objects) {
      steps.push("delete");
      await deleteObject(world, String(kind), String(name));
    }
    if (commands.length + removals.length + objects.size > 0) continue;
    // What was deleted before the engine could write it down.
    if (steps.includes("refresh again")) return failed();
    steps.push("refresh again");
    const refreshed = await engine.refresh("--clear-pending-creates");
    if (refreshed.code !== 0) {
      last = refreshed;
      return failed();
    }
  }
  return failed();
}

/**
 * The commands that an error names: one for each resource, and none for what another one takes over already. Two groups that were cut
 * off before they had their names may be either, so both are named for both.
 */
function imports(output: string): string[] {
  const [resources, ids] = [new Set<string>(), new Set<string>()];
  const commands: string[] = [];
  for (const [, command, type, name, id] of output.matchAll(/^\s*(pulumi import (\S+) (\S+) (\S+) .+)$/gm)) {
    if (resources.has(`${type} ${name}`) || ids.has(String(id))) continue;
    resources.add(`${type} ${name}`);
    ids.add(String(id));
    commands.push(String(command));
  }
  return commands;
}

/** What the Azure CLI does. */
function remove({ graph }: CrashEnvironment, appId: string, keyId: string): void {
  const application = graph.state.applicationByAppId(appId);
  if (application === undefined) throw new Error(`There is no application ${appId}.`);
  application.passwordCredentials = application.passwordCredentials.filter((one) => one.keyId !== keyId);
  const secrets = graph.state.clientSecrets.get(appId) ?? [];
  graph.state.clientSecrets.set(
    appId,
    secrets.filter((one) => one.keyId !== keyId),
  );
}
