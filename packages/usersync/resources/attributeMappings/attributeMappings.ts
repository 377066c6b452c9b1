import { defineResource } from "../../host/define";
import type { CallContext, PropertyMap } from "../../host/types";
import type { EntraConfig } from "../entraConfig";
import { isRunning } from "../provisioning/jobStatus";
import { openJob } from "../synchronizationJob";
import { applyMappings, checkAgainstJob, versionOf } from "./applyMappings";
import { guardMappings } from "./guards";
import { checkMappings, mappingsInputs, mappingsOutputs } from "./inputs";
import { sameInputs } from "./mapping";
import { findObjectMapping } from "./objectMapping";
import { readMappings, reportDrift } from "./readMappings";

export const attributeMappings = defineResource({
  token: "usersync:entra:AttributeMappings",
  description:
    "Attribute mappings of one object in a synchronization job. Other parts of the schema stay unchanged. Deleting the " +
    "resource restores the schema of the template, unless the job runs. Import by `jobId`. Source: Microsoft Graph `synchronizationSchema`; " +
    "needs the application permission Synchronization.ReadWrite.All.",
  inputs: mappingsInputs,
  outputs: mappingsOutputs,
  validate: checkMappings,

  areEqual: (path, before, after) => path[0] === "mappings" && path.length === 2 && sameInputs(before, after),

  async checkChange(ctx: CallContext<EntraConfig>, { id, diff, known, previous }) {
    // Check names against the job here and not in `check`, so that unchanged inputs need no call of Graph.
    if (Object.keys(diff.changes).length === 0 || known === undefined) return;
    await checkAgainstJob(ctx, known);
    const present = previous?.inputs.mappings;
    await guardMappings(ctx, id, { present, declared: previous?.outputs.declaredMappings, inputs: known });
  },

  async preview(ctx, { inputs, known, previous }) {
    if (previous === undefined && known !== undefined) await checkAgainstJob(ctx, known);
    return { declaredMappings: inputs.mappings };
  },

  async create(ctx, inputs) {
    return { id: inputs.jobId, outputs: await applyMappings(ctx, inputs) };
  },

  async read(ctx, id, { inputs, outputs }) {
    const schema = await (await openJob(ctx, id)).getSchema();
    if (schema === undefined) return undefined;
    const isImport = Object.keys(inputs).length === 0;
    const known: PropertyMap = isImport ? { sourceObject: "User", exclusive: true } : inputs;
    const place = findObjectMapping(schema, inputs.sourceObject, inputs.targetObject);
    if (typeof place === "string") ctx.log("warning", place);
    const mappings = typeof place === "string" ? {} : readMappings(place, known);
    if (!isImport) reportDrift(ctx, known["mappings"], mappings);
    const found = { ...known, jobId: id, mappings };
    const version = versionOf(schema);
    return {
      inputs: found,
      outputs: {
        ...found,
        declaredMappings: outputs.declaredMappings ?? mappings,
        schemaVersion: version,
        previousVersion: outputs.previousVersion ?? version,
      },
    };
  },

  update: (ctx, { previous, inputs }) => applyMappings(ctx, inputs, previous),

  async delete(ctx, id) {
    const job = await openJob(ctx, id);
    const found = await job.get();
    // With the template's mappings, the next cycle of a running job would rename everybody.
    if (found !== undefined && isRunning(found)) {
      ctx.log("info", "The job runs, so it keeps its mappings. Pause it before you delete them.");
    } else await job.deleteSchema();
  },
});
