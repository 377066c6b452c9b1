import path from "node:path";
import { oidcConfigurationEndpoint } from "@smallstep-ssh/components";
import type { GraphClient } from "@smallstep-ssh/usersync/clients";
import { CliError } from "../common/errors";
import { readEntra } from "./entra";
import { readIfExists, writeStackFiles } from "./files";
import type { DiscoveredSetup } from "./discoveredSetup";
import { importFile } from "./importFile";
import type { Options } from "./options";
import { plan } from "./plan";
import { asJson, asText, nextCommands } from "./report";
import { check, databaseSettings, givenSettings, optional, required, text, wholeSettings, type Tree } from "./settings";
import { readTeamUse, readProvisioner } from "./smallstep";
import { StackFile } from "./stackFile";

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
  const files = {
    settings: path.join(options.output, `Pulumi.${options.stack}.yaml`),
    imports: path.join(options.output, `import.${options.stack}.json`),
  };
  const stackFile = StackFile.parse((await readIfExists(files.settings)) ?? "", context.project, files.settings);
  if (stackFile.settings()["teams"] !== undefined) {
    throw new CliError([
      `${files.settings}: the setting teams is set. Adopt one team at a time, in a stack without teams.`,
    ]);
  }
  const settings = await givenSettings(options, stackFile.settings());
  const ca = { url: text(settings, "smallstep.caUrl"), rootCert: optional(settings, "smallstep.caRootCert") };
  if (options.printClientSecret) return publishedSecret(options, settings, ca, context);
  required(settings, ["tenantId", "smallstep.teamSlug", "smallstep.caUrl", "database.host", "database.username"]);
  if ((context.env["PGPASSWORD"] ?? "") === "")
    throw new CliError(["PGPASSWORD: is missing; set it to the password of the folk database."]);

  const tenantId = text(settings, "tenantId");
  const graph = await context.openGraph(tenantId);
  const entra = await readEntra(graph, options);
  const [provisioner, team] = await Promise.all([
    readProvisioner({ ...ca, provisioner: options.provisioner }, entra.application.appId),
    readTeamUse(
      await databaseSettings(settings, context.env["PGPASSWORD"] ?? ""),
      text(settings, "smallstep.teamSlug"),
    ),
  ]);
  const setup: DiscoveredSetup = { tenantId, ...entra, provisioner, team };
  const planned = plan(setup, {
    clientSecret: options.clientSecret,
    keepMappings: options.keepMappings,
    configurationEndpoint: oidcConfigurationEndpoint(tenantId, context.loginEndpoint),
    now: new Date(),
  });
  const sections = wholeSettings(planned, settings, options);
  check(sections, options.stack);
  const changes = stackFile.set(sections);
  if (!options.force) stackFile.refuse(changes);
  const imports = `${JSON.stringify(importFile(planned.imports, { ...options, ...context }), null, 2)}\n`;
  const written = await writeStackFiles(files, { settings: stackFile.toString(), imports }, options.force);
  const wanted = [
    "database.password",
    ...(options.clientSecret === "keep" && provisioner ? ["oidc.clientSecret"] : []),
  ];
  const outcome = {
    setup,
    plan: planned,
    stack: options.stack,
    files,
    written,
    commands: nextCommands({
      stack: options.stack,
      importFile: files.imports,
      missingSecrets: wanted.filter((secret) => !stackFile.hasSecret(secret)),
      tenantId: context.env["ARM_TENANT_ID"] === tenantId ? undefined : tenantId,
    }),
  };
  return options.format === "json" ? asJson(outcome) : asText(outcome);
}

/** Reads the client secret of the named provisioner, or of the app registration's if none is named. */
async function publishedSecret(
  options: Options,
  settings: Tree,
  ca: { url: string; rootCert: string | undefined },
  context: AdoptContext,
): Promise<string> {
  const named = options.provisioner !== undefined;
  required(settings, ["smallstep.caUrl", ...(named ? [] : ["tenantId"])]);
  const clientId = async () =>
    (await readEntra(await context.openGraph(text(settings, "tenantId")), options)).application.appId;
  const provisioner = await readProvisioner(
    { ...ca, provisioner: options.provisioner },
    named ? undefined : await clientId(),
  );
  if (provisioner === undefined)
    throw new CliError([
      "The CA publishes no OIDC provisioner for the app registration. Check --app, or use --provisioner.",
    ]);
  return provisioner.clientSecret;
}
