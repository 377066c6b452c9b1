import path from "node:path";
import { oidcConfigurationEndpoint } from "@smallstep-ssh/components";
import type { GraphClient } from "@smallstep-ssh/usersync/clients";
import { databaseSettings } from "../common/database";
import { CliError, inputProblem, isInputErrors } from "../common/errors";
import { readIfExists, replaceFile } from "../common/files";
import { readClientId, readEntra } from "./entra";
import { importFile } from "./importFile";
import type { Options } from "./options";
import { readProvisioner } from "./parts/provisioner";
import { readTeamUse } from "./parts/team";
import { defaults, plan } from "./plan";
import { asJson, asText, nextCommands } from "./report";
import { check, givenSettings, wholeSettings, withDiscoverable } from "./settings";
import { at, StackFile, type Tree } from "./stackFile";

/** What the command needs besides its options. */
export interface AdoptContext {
  env: NodeJS.ProcessEnv;
  /** Opens Microsoft Graph for a tenant. */
  openGraph(tenantId: string): Promise<GraphClient>;
  /** Sign-in endpoint of the cloud that the environment selects. */
  loginEndpoint: string;
  project: string;
  /** Versions of the provider packages that the program uses. */
  versions: { azuread: string; usersync: string };
}

/** Writes both files and returns the text to print. @throws CliError if a value or an object is invalid, missing or ambiguous */
export async function adopt(options: Options, context: AdoptContext): Promise<string> {
  const { output, format, force, provisioner: name } = options;
  const missing = stackProblems(options.stack);
  // Without a name, the command reads no file and reports the other missing options too.
  const stack = missing.length > 0 ? "<stack>" : options.stack;
  const files = {
    settings: path.join(output, `Pulumi.${stack}.yaml`),
    imports: path.join(output, `import.${stack}.json`),
  };
  const before = { settings: await readIfExists(files.settings), imports: await readIfExists(files.imports) };
  const stackFile = StackFile.parse(before.settings ?? "", context.project, files.settings);
  const settings = await givenSettings(stackFile.settings(), options, context.env);
  if (settings["teams"] !== undefined) {
    throw new CliError([
      `${files.settings}: the setting teams is set. Adopt one team at a time, in a stack without teams.`,
    ]);
  }
  const wanted = {
    ...options,
    app: options.app ?? text(settings, "oidc", "displayName") ?? defaults.oidc.displayName,
    enterpriseApp: options.enterpriseApp ?? text(settings, "scim", "displayName") ?? defaults.scim.displayName,
  };
  if (options.printClientSecret) return publishedSecret(settings, wanted, context, missing);
  const password = context.env["PGPASSWORD"] || undefined;
  if (password === undefined) missing.push("PGPASSWORD: is missing; set it to the password of the folk database.");
  missing.push(...(await credentialProblems(context)));
  const { tenantId, smallstep, database } = check(withDiscoverable(settings, password), stack, missing);

  const connection = await databaseSettings(database);
  const entra = await readEntra(await context.openGraph(tenantId), wanted);
  const [provisioner, team] = await Promise.all([
    readProvisioner(
      { url: smallstep.caUrl, rootCert: smallstep.caRootCert },
      { name, clientId: entra.application.appId },
    ),
    readTeamUse(connection, smallstep.teamSlug),
  ]);
  const planned = plan(
    { tenantId, ...entra, provisioner, team },
    {
      ...options,
      configurationEndpoint: oidcConfigurationEndpoint(tenantId, context.loginEndpoint),
      now: new Date(),
    },
  );
  const sections = wholeSettings(planned, settings, options);
  check({ ...sections, database: { ...database, password } }, stack);
  const changes = stackFile.set(sections, { groups: entra.groups.map(({ displayName }) => displayName) });
  if (!force) stackFile.refuse(changes);
  const imports = `${JSON.stringify(importFile(planned.imports, { stack, ...context }), null, 2)}\n`;
  if (!force && before.imports !== undefined && before.imports !== imports) {
    throw new CliError([`${files.imports}: exists with other content. Use --force to replace it.`]);
  }
  const after = { settings: stackFile.toString(), imports };
  const written: string[] = [];
  for (const key of ["settings", "imports"] as const) {
    if (before[key] === after[key]) continue;
    await replaceFile(files[key], [after[key]], { previous: { content: before[key] } });
    written.push(files[key]);
  }
  const commands = nextCommands({
    stack,
    output,
    importFile: files.imports,
    keepSecretOf: options.clientSecret === "keep" ? provisioner?.name : undefined,
    secrets: ["database.password", "oidc.clientSecret"].filter((secret) => stackFile.hasSecret(secret)),
    tenantId: context.env["ARM_TENANT_ID"] === tenantId ? undefined : tenantId,
  });
  const outcome = { plan: planned, stack, files, written, commands };
  return format === "json" ? asJson(outcome) : asText(outcome);
}

/** Checks a name by Pulumi's rule, because it becomes part of file names. */
function stackProblems(stack: string | undefined): string[] {
  if (stack === undefined) return ["--stack: is missing; give the name of the stack."];
  if (/^[A-Za-z0-9_.-]{1,100}$/.test(stack)) return [];
  return [`--stack ${stack}: expected letters, digits, ".", "_" and "-".`];
}

/** Returns what is wrong with the credentials of the environment, so that it is reported together with the options. */
async function credentialProblems({ openGraph }: AdoptContext): Promise<string[]> {
  try {
    await openGraph("00000000-0000-0000-0000-000000000000");
    return [];
  } catch (error) {
    if (error instanceof Error && isInputErrors(error)) return error.failures.map(inputProblem);
    throw error;
  }
}

/** Reads the client secret of the named provisioner, or of the app registration's if none is named. */
async function publishedSecret(
  settings: Tree,
  { app, provisioner: name }: Options & { app: string },
  context: AdoptContext,
  further: readonly string[],
): Promise<string> {
  const url = text(settings, "smallstep", "caUrl");
  const tenantId = text(settings, "tenantId");
  const missing = [
    ...further,
    ...(url === undefined ? ["smallstep.caUrl: is missing. Give --ca-url."] : []),
    ...(name === undefined && tenantId === undefined ? ["tenantId: is missing. Give --tenant or --provisioner."] : []),
  ];
  if (url === undefined || missing.length > 0) throw new CliError(missing);
  const clientId = name === undefined ? await readClientId(await context.openGraph(tenantId ?? ""), app) : undefined;
  const ca = { url, rootCert: text(settings, "smallstep", "caRootCert") };
  const provisioner = await readProvisioner(ca, { name, clientId });
  if (provisioner === undefined) {
    throw new CliError([
      "The CA publishes no OIDC provisioner for the app registration. Check --app, or use --provisioner.",
    ]);
  }
  if (provisioner.clientSecret === "") {
    throw new CliError([`The CA publishes no client secret for the provisioner ${provisioner.name}.`]);
  }
  return provisioner.clientSecret;
}

/** Returns the text of a setting. Undefined: it is missing, empty or not a string. */
function text(settings: Tree, ...setting: string[]): string | undefined {
  const value = at(settings, setting);
  return typeof value === "string" && value !== "" ? value : undefined;
}
