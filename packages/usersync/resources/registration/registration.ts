import { NoSuchTeam, readTeam, withDatabase, writeTeam } from "../../clients/database/database";
import { diffInputs } from "../../host/diff";
import { UNKNOWN, type CallContext, type PropertyMap, type ResourceHandler } from "../../host/types";
import { publishedProvisioners } from "../../clients/ca";
import { databaseSettings, type SmallstepConfig } from "../../clients/database/providerSettings";
import { emptyDirectoryWarning, readDirectoryUsage } from "./directory";
import { findPublishedProvisioner, sameDomains, type WantedProvisioner } from "./provisioner";
import { checkRegistration } from "./inputs";

type Context = CallContext<SmallstepConfig>;

/** Replaces the provisioner in the read inputs if the CA does not publish it. */
const NOT_REGISTERED = { registered: false };

/** Handler of `usersync:smallstep:Registration`. Its inputs are documented in sdk/registration.ts. */
export const registration: ResourceHandler<SmallstepConfig> = {
  secretOutputs: ["provisioner.clientSecret", "scim.token"],

  check: (_ctx, { news }) => Promise.resolve(checkRegistration(news)),

  diff: (_ctx, { oldInputs, newInputs }) =>
    Promise.resolve(
      diffInputs(oldInputs, newInputs, {
        replaceOn: ["teamSlug"],
        // Only a refresh uses it, so its change needs no new Job.
        ignore: ["scim"],
        areEqual: (path, before, after) =>
          path.join(".") === "provisioner.domains" &&
          isStringArray(before) &&
          isStringArray(after) &&
          sameDomains(before, after),
      }),
    ),

  async create(ctx, { inputs, preview }) {
    if (preview) return { id: "", outputs: { ...declared(inputs), generation: 1, previousDirectoryId: UNKNOWN } };
    const teamSlug = String(inputs["teamSlug"]);
    const settings = await databaseSettings(ctx.config.database);
    const { directoryId } = await withDatabase(settings, (client) => readTeam(client, teamSlug));
    return { id: teamSlug, outputs: { ...declared(inputs), generation: 1, ...previous(directoryId) } };
  },

  async read(ctx, { id, inputs, outputs }) {
    const team = await teamOf(ctx, id);
    if (team === undefined) return undefined;
    const { directoryId } = team;
    const seen: PropertyMap = { onDestroy: "keep", ...inputs, teamSlug: id };
    // An import has neither the CA nor the provisioner. The next `up` of the program supplies them.
    if (typeof inputs["caUrl"] === "string") seen["provisioner"] = await observedProvisioner(ctx, inputs);
    if (directoryId === null) delete seen["directoryId"];
    else seen["directoryId"] = sameId(directoryId, inputs["directoryId"]) ? inputs["directoryId"] : directoryId;
    report(ctx, id, inputs, seen);
    if (directoryId !== null && sameId(directoryId, inputs["directoryId"])) await reportUsers(ctx, id, inputs);
    // The directory at the time of the import counts as the previous one.
    const before = Object.keys(inputs).length === 0 ? previous(directoryId) : {};
    return { id, inputs: seen, outputs: { ...outputs, ...before, ...seen, generation: outputs["generation"] ?? 1 } };
  },

  update: (_ctx, { oldOutputs, newInputs }) => {
    const generation = Number(oldOutputs["generation"] ?? 0) + 1;
    const { previousDirectoryId } = oldOutputs;
    return Promise.resolve({
      outputs: {
        ...declared(newInputs),
        generation,
        ...(previousDirectoryId === undefined ? {} : { previousDirectoryId }),
      },
    });
  },

  async delete(ctx, { id, inputs, outputs }) {
    if (inputs["onDestroy"] !== "restore") {
      ctx.log("info", `Team "${id}" keeps its directory and the CA keeps its provisioner, so the accounts still work.`);
      return;
    }
    const team = await teamOf(ctx, id);
    if (team === undefined) return;
    const before = typeof outputs["previousDirectoryId"] === "string" ? outputs["previousDirectoryId"] : null;
    const now = team.directoryId;
    if (sameId(now, before)) {
      ctx.log("info", `Team "${id}" already uses its previous directory (${before ?? "none"}).`);
      return;
    }
    // A refresh may have overwritten the input with the directory that it read.
    if (!sameId(now, outputs["declaredDirectoryId"] ?? inputs["directoryId"])) {
      ctx.log(
        "warning",
        `Team "${id}" now uses another directory (${now ?? "none"}), which another process set. Nothing was changed.`,
      );
      return;
    }
    await withDatabase(await databaseSettings(ctx.config.database), (client) => writeTeam(client, id, before));
    ctx.log("info", `Team "${id}" uses its previous directory again (${before ?? "none"}).`);
  },
};

/** Reads the team's row. Logs a warning and returns undefined if it does not exist. */
async function teamOf(ctx: Context, slug: string): Promise<{ directoryId: string | null } | undefined> {
  const settings = await databaseSettings(ctx.config.database);
  try {
    return await withDatabase(settings, (client) => readTeam(client, slug));
  } catch (error) {
    if (!(error instanceof NoSuchTeam)) throw error;
    ctx.log("warning", error.message);
    return undefined;
  }
}

function declared(inputs: PropertyMap): PropertyMap {
  const { directoryId } = inputs;
  return directoryId === undefined ? inputs : { ...inputs, declaredDirectoryId: directoryId };
}

/** Reads the published provisioner in the shape of the inputs. */
async function observedProvisioner(ctx: Context, inputs: PropertyMap): Promise<PropertyMap> {
  const wanted = (inputs["provisioner"] ?? {}) as PropertyMap;
  const rootCert = typeof inputs["caRootCert"] === "string" ? inputs["caRootCert"] : undefined;
  const published = await publishedProvisioners(String(inputs["caUrl"]), { rootCert, signal: ctx.signal });
  const name = String(wanted["name"] ?? "");
  const actual = findPublishedProvisioner(name, published);
  if (actual === undefined) return { name, ...NOT_REGISTERED };
  const seen: PropertyMap = { name };
  for (const [field, value] of Object.entries(actual) as [keyof WantedProvisioner, string | string[]][]) {
    // Omit properties that the program does not declare, so that they cannot differ.
    if (wanted[field] !== undefined || wanted["registered"] === false) seen[field] = value;
  }
  if (isStringArray(wanted["domains"]) && sameDomains(wanted["domains"], actual.domains))
    seen["domains"] = wanted["domains"];
  return seen;
}

function report(ctx: Context, id: string, wanted: PropertyMap, seen: PropertyMap): void {
  if (wanted["directoryId"] !== undefined && wanted["directoryId"] !== seen["directoryId"]) {
    ctx.log("warning", `Team "${id}" uses directory ${String(seen["directoryId"] ?? "none")}, not the declared one.`);
  }
  const provisioner = seen["provisioner"] as PropertyMap | undefined;
  if (provisioner?.["registered"] === false) {
    ctx.log("warning", `The CA does not publish provisioner "${String(provisioner["name"])}".`);
  }
}

/** Warns about a directory that lost its users after the switch. */
async function reportUsers(ctx: Context, teamSlug: string, inputs: PropertyMap): Promise<void> {
  const { scim } = inputs;
  if (typeof scim !== "object" || scim === null || Array.isArray(scim)) return;
  const minimumUsers = typeof scim["minimumUsers"] === "number" ? scim["minimumUsers"] : 1;
  const rootCert = typeof inputs["caRootCert"] === "string" ? inputs["caRootCert"] : undefined;
  const server = { tenantUrl: String(scim["tenantUrl"]), token: String(scim["token"]), rootCert, signal: ctx.signal };
  const use = { teamSlug, directoryId: String(inputs["directoryId"]), inUse: true, minimumUsers };
  try {
    const empty = emptyDirectoryWarning(await readDirectoryUsage(use, server));
    if (empty !== undefined) ctx.log("warning", empty);
  } catch (error) {
    if (ctx.signal.aborted) throw error;
    const why = error instanceof Error ? error.message : String(error);
    ctx.log("warning", `Cannot determine whether the directory of team "${teamSlug}" holds users: ${why}.`);
  }
}

function previous(directoryId: string | null): PropertyMap {
  return directoryId === null ? {} : { previousDirectoryId: directoryId };
}

function sameId(a: unknown, b: unknown): boolean {
  return String(a ?? "").toLowerCase() === String(b ?? "").toLowerCase();
}

function isStringArray(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === "string");
}
