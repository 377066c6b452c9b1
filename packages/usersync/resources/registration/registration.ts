import * as z from "zod/mini";

import { publishedProvisioners } from "../../clients/ca";
import { NoSuchTeam, readTeam, withDatabase, writeTeam } from "../../clients/database/database";
import { databaseSettings, type SmallstepConfig } from "../../clients/database/providerSettings";
import { isGuid } from "../../clients/graph/settings";
import { defineResource } from "../../host/define";
import { objectType, property, type Values, wholeNumber } from "../../host/properties";
import { diffInputs } from "../../host/diff";
import { type CallContext, isMap, type PropertyMap, type PropertyValue } from "../../host/types";
import { httpsUrl } from "../../host/validate";
import { fingerprintSecret } from "./clientSecretFingerprint";
import { emptyDirectoryWarning, readDirectoryUsage } from "./directory";
import { findPublishedProvisioner, sameDomains } from "./provisioner";

type Context = CallContext<SmallstepConfig>;

const text = z.string().check(z.minLength(1));

const provisionerInputs = objectType("usersync:smallstep:Provisioner", "OIDC provisioner that the CA must publish.", {
  name: property("Name of the provisioner.", text),
  clientId: property("Client id of the application.", text),
  clientSecretFingerprint: property(
    "Fingerprint of the client secret, from `clientSecretFingerprint` of the SDK. Default: not compared.",
    z.optional(text),
  ),
  configurationEndpoint: property(
    "OIDC discovery URL: `https://login.microsoftonline.com/TENANT/v2.0/.well-known/openid-configuration`.",
    httpsUrl,
  ),
  tenantId: property("Id of the Entra tenant.", text),
  domains: property(
    "Email domains that may log in; at least one. Order and case do not matter.",
    z.array(z.string()).check(z.minLength(1, { error: "must be a list of at least one email domain." })),
  ),
  listenAddress: property(
    "Address on which `step` listens for the browser: `127.0.0.1:10000`. Default: not compared.",
    z.optional(z.string()),
  ),
});

const inputs = {
  teamSlug: property("Slug of the team in `folk`.", text, { replaceOnChanges: true }),
  directoryId: property(
    "Id (GUID) of the directory that the team must use.",
    z.string().check(z.refine(isGuid, { error: ({ input }) => `${JSON.stringify(input)} is not a GUID.` })),
  ),
  caUrl: property("URL of the team's SSH CA: `https://host[:port]`.", httpsUrl),
  caRootCert: property(
    "PEM text of a certificate authority to trust in addition to the public ones, for `caUrl` and the SCIM server. " +
      "Default: the public ones only.",
    z.optional(z.string()),
  ),
  provisioner: property("OIDC provisioner of the CA.", provisionerInputs),
  scim: property(
    "SCIM directory to check: a refresh warns if the directory in use holds too few active users. Default: not checked.",
    z.optional(
      objectType("usersync:smallstep:Scim", "SCIM directory of the team. The plugin only reads it.", {
        tenantUrl: property("Tenant URL: `https://host/DIRECTORY/v2`.", httpsUrl),
        token: property("Bearer token of the SCIM endpoint.", text, { secret: true }),
        minimumUsers: property("Minimum number of active users. Default: 1.", z.optional(wholeNumber({ minimum: 1 }))),
      }),
    ),
    // Only a refresh uses it. The checksum in the Job's template runs the Job again when its settings change.
    { ignoreChanges: true },
  ),
  onDestroy: property(
    "Effect of deleting the resource on the team's directory: `keep` leaves it, `restore` sets the previous one.",
    z._default(z.enum(["keep", "restore"]), "keep"),
  ),
};

type Inputs = Values<typeof inputs>;

export const registration = defineResource({
  token: "usersync:smallstep:Registration",
  description:
    "Registration of a team, which the registration Job performs. This resource itself changes nothing on `up`. A refresh " +
    "reads the team's row and the CA's provisioners. If they differ from the inputs, the next `up` raises `generation`; " +
    "the Job's name contains it, so the Job runs again. A change of any input except `teamSlug` and `scim` raises it too. " +
    "Deleting with `onDestroy: restore` writes the team's row. Import by the team's slug. Source: the `folk` database and " +
    "`GET /provisioners` of the CA.",
  inputs,
  outputs: {
    generation: property("Number of the registration: 1 at first, plus 1 with each change.", z.number()),
    previousDirectoryId: property(
      "Directory of the team before this resource was created; absent if it had none.",
      z.optional(z.string()),
    ),
    declaredDirectoryId: property(
      "Value of `directoryId` that the program declared last. A refresh overwrites `directoryId` itself with the current " +
        "directory.",
      z.string(),
    ),
  },

  areEqual,

  preview: (_ctx: Context, { inputs: declared, previous }) =>
    Promise.resolve({
      declaredDirectoryId: declared.directoryId,
      ...(previous === undefined ? { generation: 1 } : carriedOver(previous, declared)),
    }),

  async create(ctx, declared) {
    const settings = await databaseSettings(ctx.config.database);
    const { teamSlug, directoryId } = declared;
    const team = await withDatabase(settings, (client) => readTeam(client, teamSlug));
    const replaced = replacedBy(ctx).get(teamSlug);
    // A replaced registration that did not restore the directory keeps what it knows about the one before.
    const isKept = replaced !== undefined && sameId(team.directoryId, directoryId);
    const previousDirectoryId = isKept ? replaced.previousDirectoryId : (team.directoryId ?? undefined);
    const carried = { generation: (replaced?.generation ?? 0) + 1, previousDirectoryId };
    return { id: teamSlug, outputs: { ...declared, declaredDirectoryId: directoryId, ...carried } };
  },

  async read(ctx, id, { inputs: before, outputs }) {
    const team = await teamOf(ctx, id);
    if (team === undefined) return undefined;
    const directoryId = team.directoryId ?? undefined;
    const isDeclared = directoryId !== undefined && sameId(directoryId, before.directoryId);
    const isImport = Object.keys(before).length === 0;
    const seen = {
      onDestroy: "keep",
      ...before,
      teamSlug: id,
      directoryId: isDeclared ? before.directoryId : directoryId,
      // An import has neither the CA nor the provisioner. The next `up` of the program supplies them.
      provisioner: isImport ? undefined : await observedProvisioner(ctx, before),
    };
    if (before.directoryId !== undefined && before.directoryId !== seen.directoryId) {
      ctx.log("warning", `Team "${id}" uses directory ${seen.directoryId ?? "none"}, not the declared one.`);
    }
    if (isDeclared) await reportUsers(ctx, id, before);
    // The directory at the time of the import counts as the previous one.
    const previousDirectoryId = isImport ? directoryId : outputs.previousDirectoryId;
    const generation = outputs.generation ?? 1;
    return { inputs: seen, outputs: { ...outputs, ...seen, previousDirectoryId, generation } };
  },

  update: (_ctx, { previous, inputs: declared }) =>
    Promise.resolve({ ...declared, declaredDirectoryId: declared.directoryId, ...carriedOver(previous, declared) }),

  async delete(ctx, id, { inputs: declared, outputs }) {
    replacedBy(ctx).set(id, outputs);
    if (declared.onDestroy !== "restore") {
      ctx.log("info", `Team "${id}" keeps its directory and the CA keeps its provisioner, so the accounts still work.`);
      return;
    }
    const team = await teamOf(ctx, id);
    if (team === undefined) return;
    const before = outputs.previousDirectoryId ?? null;
    const now = team.directoryId;
    if (sameId(now, before)) {
      ctx.log("info", `Team "${id}" already uses its previous directory (${before ?? "none"}).`);
      return;
    }
    // A refresh may have overwritten the input with the directory that it read.
    if (!sameId(now, outputs.declaredDirectoryId ?? declared.directoryId)) {
      ctx.log(
        "warning",
        `Team "${id}" now uses another directory (${now ?? "none"}), which another process set. Nothing was changed.`,
      );
      return;
    }
    await withDatabase(await databaseSettings(ctx.config.database), (client) =>
      writeTeam(client, id, before, async () => {
        if (sameId((await readTeam(client, id)).directoryId, now)) return;
        throw new Error(`Another process changed the directory of team "${id}" at the same time. Nothing was changed.`);
      }),
    );
    ctx.log("info", `Team "${id}" uses its previous directory again (${before ?? "none"}).`);
  },
});

type Carried = { generation?: number; previousDirectoryId?: string };

/** Registrations that this run has deleted, by team. One of the same team replaces it, so the Job must run again. */
const deleted = new WeakMap<object, Map<string, Carried>>();

function replacedBy({ config }: Context): Map<string, Carried> {
  const byTeam = deleted.get(config) ?? new Map<string, Carried>();
  deleted.set(config, byTeam);
  return byTeam;
}

/** Returns the outputs of an update that depend on the previous state. */
function carriedOver(
  { inputs: before, outputs }: { inputs: PropertyMap; outputs: { generation?: number; previousDirectoryId?: string } },
  declared: PropertyMap,
) {
  const { generation = 0, previousDirectoryId } = outputs;
  const { changes } = diffInputs(withFingerprint(before), declared, { areEqual, ignore: ["scim"] });
  return { generation: Object.keys(changes).length === 0 ? generation : generation + 1, previousDirectoryId };
}

/** Replaces the client secret, which states of earlier versions hold, by its fingerprint. */
function withFingerprint(before: PropertyMap): PropertyMap {
  if (!isMap(before["provisioner"])) return before;
  const { clientSecret, ...provisioner } = before["provisioner"];
  if (typeof clientSecret !== "string" || typeof provisioner["clientId"] !== "string") return before;
  const clientSecretFingerprint = fingerprintSecret(clientSecret, provisioner["clientId"]);
  return { ...before, provisioner: { ...provisioner, clientSecretFingerprint } };
}

function areEqual(path: readonly (string | number)[], before: PropertyValue, after: PropertyValue): boolean {
  const isDomains = path.join(".") === "provisioner.domains";
  return isDomains && isStringArray(before) && isStringArray(after) && sameDomains(before, after);
}

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

/**
 * Provisioner in the read inputs. `registered` is false if the CA does not publish it. States of earlier versions hold
 * `clientSecret`.
 */
type Observed = Partial<Inputs["provisioner"]> & { registered?: false; clientSecret?: string };

/** Reads the published provisioner in the shape of the inputs. Logs a warning if the CA does not publish it. */
async function observedProvisioner(
  ctx: Context,
  { caUrl, caRootCert, provisioner = {} }: { caUrl?: string; caRootCert?: string; provisioner?: Observed },
): Promise<Observed> {
  const { name = "", domains } = provisioner;
  const published = await publishedProvisioners(caUrl ?? "", { rootCert: caRootCert, signal: ctx.signal });
  const found = findPublishedProvisioner(name, published);
  if (found === undefined) {
    ctx.log("warning", `The CA does not publish provisioner "${name}".`);
    return { name, registered: false };
  }
  const { clientSecret, ...rest } = found;
  // Omit properties that the program does not declare, so that they cannot differ.
  const isCompared = (property: keyof Observed) =>
    provisioner[property] !== undefined || provisioner.registered === false;
  return {
    ...rest,
    listenAddress: isCompared("listenAddress") ? rest.listenAddress : undefined,
    clientSecretFingerprint:
      isCompared("clientSecretFingerprint") || isCompared("clientSecret")
        ? fingerprintSecret(clientSecret, provisioner.clientId ?? rest.clientId)
        : undefined,
    domains: domains !== undefined && sameDomains(domains, rest.domains) ? domains : [...rest.domains],
  };
}

/** Warns about a directory that lost its users after the switch. */
async function reportUsers(ctx: Context, teamSlug: string, declared: Partial<Inputs>): Promise<void> {
  const { scim, caRootCert: rootCert, directoryId = "" } = declared;
  if (scim === undefined) return;
  const { minimumUsers = 1, ...server } = scim;
  const use = { teamSlug, directoryId, inUse: true, minimumUsers };
  try {
    const empty = emptyDirectoryWarning(await readDirectoryUsage(use, { ...server, rootCert, signal: ctx.signal }));
    if (empty !== undefined) ctx.log("warning", empty);
  } catch (error) {
    if (ctx.signal.aborted) throw error;
    const why = error instanceof Error ? error.message : String(error);
    ctx.log("warning", `Cannot determine whether the directory of team "${teamSlug}" holds users: ${why}.`);
  }
}

function sameId(a: unknown, b: unknown): boolean {
  return String(a ?? "").toLowerCase() === String(b ?? "").toLowerCase();
}

function isStringArray(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === "string");
}
