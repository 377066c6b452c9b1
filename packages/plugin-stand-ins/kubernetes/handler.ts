import { PartialFailure, type DiffResult, type ResourceHandler } from "@smallstep-ssh/usersync/host";
import { changesOf, takesSameName, unready } from "./changes";
import type { Cluster } from "./cluster";
import { withNamespace, wrongInputs } from "./inputs";
import { isAwaited, whyIncomplete } from "./job";
import { collectionPath, idOf, metadataOf, namespaceOf, objectPath, type Kind } from "./kinds";
import { importedInputs, liveInputs } from "./liveInputs";
import { newFieldManager, withName } from "./naming";
import { annotation, at, manifest } from "./objects";
import { checkpoint, waitUntilDeleted, isForced, managerOf, previewed, secondsOf, write } from "./write";

/** Creates the handler of one kind of object. Like the official provider, it uses server-side apply. */
export function handlerOf(kind: Kind): ResourceHandler<Cluster> {
  return {
    ...(kind.secretOutputs ? { secretOutputs: kind.secretOutputs } : {}),

    async check(ctx, { urn, news, olds }) {
      const { apiVersion, kind: name } = kind;
      const inputs = withNamespace(kind, withName(urn, { apiVersion, kind: name, ...news }, olds), ctx.config);
      return { inputs, failures: wrongInputs(kind, inputs) };
    },

    async diff(ctx, { oldInputs, oldOutputs, newInputs }): Promise<DiffResult> {
      const changes = {
        ...changesOf(kind, oldInputs, newInputs, ctx),
        ...(await unready(ctx, kind, oldOutputs, newInputs)),
      };
      return { changes, deleteBeforeReplace: takesSameName(oldOutputs, newInputs) };
    },

    async create(ctx, { inputs, preview }) {
      const fieldManager = newFieldManager();
      if (preview) {
        const collection = collectionPath(kind, namespaceOf(inputs));
        const outputs = await previewed(ctx, inputs, true, (api) =>
          api.create(collection, manifest(inputs), { fieldManager, dryRun: true }),
        );
        return { id: "", outputs };
      }
      const api = ctx.config.api(ctx);
      const path = objectPath(kind, inputs);
      if (!ctx.config.settings.upsertExistingObjects && (await api.get(path)) !== undefined) {
        const hint = "import it, or set the provider's upsertExistingObjects to true, or choose another name.";
        throw new Error(`${kind.kind} ${idOf(inputs)} is in the cluster already: ${hint}`);
      }
      const live = await write(ctx, api, kind, inputs, fieldManager);
      return { id: idOf(live), outputs: checkpoint(live, fieldManager) };
    },

    async read(ctx, { id, inputs, outputs }) {
      const api = ctx.config.api(ctx);
      const live = await api.get(objectPath(kind, { metadata: metadataOf(id) }));
      if (live === undefined) return undefined;
      const isImport = Object.keys(inputs).length === 0;
      const result = {
        id,
        inputs: isImport ? importedInputs(live) : liveInputs(inputs, live),
        outputs: checkpoint(live, managerOf(outputs)),
      };
      if (kind.awaited && !isImport && isAwaited(inputs)) {
        const why = await whyIncomplete(api, live);
        if (why !== undefined) throw new PartialFailure(why, id, result.inputs, result.outputs);
      }
      return result;
    },

    async update(ctx, { oldOutputs, newInputs, preview }) {
      const fieldManager = managerOf(oldOutputs);
      if (preview) {
        const write = { fieldManager, force: isForced(ctx, newInputs), dryRun: true };
        const outputs = await previewed(ctx, newInputs, false, (api) =>
          api.apply(objectPath(kind, newInputs), manifest(newInputs), write),
        );
        return { outputs };
      }
      const live = await write(ctx, ctx.config.api(ctx), kind, newInputs, fieldManager);
      return { outputs: checkpoint(live, fieldManager) };
    },

    async delete(ctx, { id, inputs, outputs }) {
      const api = ctx.config.api(ctx);
      const path = objectPath(kind, { metadata: metadataOf(id) });
      const policy = annotation(inputs, "pulumi.com/deletionPropagationPolicy") ?? "foreground";
      if (!(await api.delete(path, policy.charAt(0).toUpperCase() + policy.slice(1)))) return;
      await waitUntilDeleted(ctx, api, path, at(outputs, "metadata", "uid"), secondsOf(ctx, inputs));
    },
  };
}
