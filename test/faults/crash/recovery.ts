import { isLocked, type Ended } from "./engine";
import { deleteObject, type CrashEnvironment } from "./environment";

/** Recovery steps after a crash, in addition to running the same command again. */
export interface Recovery {
  /** Whether the operation succeeded in the end. */
  ok: boolean;
  /**
   * The steps in the order of their execution: `cancel`, `refresh`, `attrs`, `import`, `remove`, `delete`, `refresh
   * again`.
   */
  steps: string[];
  output: string;
}

/**
 * Follows docs/reliability.md: unlock, refresh, run again. If the run rejects a leftover of the interrupted run, import
 * it with the command in the error, or delete it if it cannot be imported or is created again anyway.
 */
export async function recover(environment: CrashEnvironment, operation: "up" | "destroy"): Promise<Recovery> {
  const { engine } = environment;
  const steps: string[] = [];
  let last: Ended = { code: 1, output: "" };
  const failed = () => ({ ok: false, steps, output: last.output });
  for (let tries = 0; tries < 8; tries++) {
    last = operation === "up" ? await engine.up() : await engine.destroy();
    if (last.code === 0 && !/pending operations/.test(last.output)) return { ok: true, steps, output: last.output };
    if (isLocked(last)) {
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
      remove(environment, String(appId), String(keyId));
    }
    const objects = new Map(
      [...last.output.matchAll(/(\w+) \S+\/(\S+) is in the cluster already/g)].map(([, kind, name]) => [name, kind]),
    );
    for (const [name, kind] of objects) {
      steps.push("delete");
      await deleteObject(environment, String(kind), String(name));
    }
    if (commands.length + removals.length + objects.size > 0) continue;
    // An object was deleted before the engine could record the deletion.
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
 * Returns the import commands in an error, at most one per resource and one per object. Two groups that were
 * interrupted before they got their names can be either one, so the error lists both for both resources.
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

/** Deletes a client secret as the Azure CLI does. */
function remove({ graph }: CrashEnvironment, appId: string, keyId: string): void {
  const application = graph.state.applicationByAppId(appId);
  if (application === undefined) throw new Error(`The tenant has no application with the client id ${appId}.`);
  application.passwordCredentials = application.passwordCredentials.filter((one) => one.keyId !== keyId);
  const secrets = graph.state.clientSecrets.get(appId) ?? [];
  graph.state.clientSecrets.set(
    appId,
    secrets.filter((one) => one.keyId !== keyId),
  );
}
