import { readFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  userNames,
  type QuickstartDeviations,
  Cleanup,
  leaks,
  isUnchanged,
  findEngine,
  controlPlaneProblem,
} from "@smallstep-ssh/sandbox";
import { Adoption, stepsOf } from "./adoption";

const enterpriseUser = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/** Resources that every adoption creates: those that a manual setup lacks. None of them is in Entra ID. */
const created = [
  "kubernetes:batch/v1:Job registration",
  "kubernetes:core/v1:ConfigMap registration",
  "kubernetes:core/v1:Secret registration",
  "postgresql:index/grant:Grant registration-select",
  "postgresql:index/grant:Grant registration-update",
  "postgresql:index/role:Role registration",
  "random:index/randomPassword:RandomPassword registration",
  "smallstep-ssh:components:AccessGroups access",
  "smallstep-ssh:components:Registration registration",
  "usersync:entra:ConnectionTest smallstep-usersync",
  "usersync:smallstep:Registration registration",
  "usersync:smallstep:Teams teams",
];
/**
 * Properties that every adoption writes again: values that Entra does not return, values that only the program sets,
 * and the deletion limit.
 */
const updated = {
  "update azuread:index/synchronizationSecret:SynchronizationSecret smallstep-usersync": [
    "credentials[1].value",
    // The portal writes these two in the opposite order.
    "credentials[2].key",
    "credentials[2].value",
    "credentials[3].key",
    "credentials[3].value",
  ],
  "update usersync:entra:Provisioning smallstep-usersync": [
    "credentials",
    "groups",
    "heldDeletions",
    "restartTriggers",
  ],
};

interface Variant {
  deviations: QuickstartDeviations;
  /** Additional resources that the first `up` creates. */
  created?: string[];
  /** Runs the commands that adopt prints instead of the documented ones, without a stack before the first. */
  printed?: boolean;
  /** Additional changes of the first `up`, with the properties. */
  changed: Record<string, unknown>;
}

const variants: [string, Variant][] = [
  [
    "that kept the template's mappings",
    {
      deviations: { extraMappings: true },
      changed: {
        "update usersync:entra:AttributeMappings smallstep-usersync": [
          "mappings.active.expression",
          "mappings.active.flowType",
          ...["externalId", "preferredLanguage", "title"].map((target) => `mappings.${target}`),
          ...["country", "formatted", "locality", "postalCode", "region", "streetAddress"].map(
            (part) => `mappings["addresses[type eq \\"work\\"].${part}"]`,
          ),
          'mappings["name.formatted"]',
          ...["fax", "mobile", "work"].map((kind) => `mappings["phoneNumbers[type eq \\"${kind}\\"].value"]`),
          ...["department", "employeeNumber", "manager"].map((name) => `mappings["${enterpriseUser}:${name}"]`),
        ],
      },
    },
  ],
  [
    "with a group assigned by the zero role id and no listen address",
    {
      deviations: { zeroIdAssignment: true, noListenAddress: true },
      changed: {
        // The correct assignment is created before the wrong one is deleted.
        "create-replacement azuread:index/appRoleAssignment:AppRoleAssignment smallstep-usersync-sudo": ["appRoleId"],
        "replace azuread:index/appRoleAssignment:AppRoleAssignment smallstep-usersync-sudo": ["appRoleId"],
        "delete-replaced azuread:index/appRoleAssignment:AppRoleAssignment smallstep-usersync-sudo": [],
      },
    },
  ],
  [
    "with drifted tags, permissions set by the portal and no service principal",
    {
      deviations: { driftedTags: true, portalPermissions: true, noServicePrincipal: true },
      printed: true,
      created: ["azuread:index/servicePrincipal:ServicePrincipal smallstep-ssh"],
      changed: {
        "update azuread:index/application:Application smallstep-ssh": expect.arrayContaining([
          expect.stringMatching(/^requiredResourceAccesses/),
        ]),
      },
    },
  ],
];

describe("adoption of a manual setup, with the real engine", () => {
  let missing: string | undefined;
  let cleanup = new Cleanup();
  beforeAll(async () => {
    const engine = await findEngine();
    missing = typeof engine === "string" ? engine : await controlPlaneProblem();
  });
  afterEach(async () => {
    await cleanup.run(() => undefined);
    cleanup = new Cleanup();
  });

  it.for(variants)(
    "imports a manual setup %s by the documented or the printed commands",
    { timeout: 300_000 },
    async ([, variant], context) => {
      if (missing !== undefined) return context.skip(missing);
      const adoption = await Adoption.start(cleanup, variant.deviations);
      const { environment, made, stack } = adoption;
      const { graph, smallstep } = environment;
      const log = graph.requests;
      const provisioners = await smallstep.ca.provisioners();

      const commands = adoption.documented();
      expect(commands.map((command) => command.split(" ").slice(0, 2).join(" "))).toEqual([
        "npm run",
        "pulumi stack",
        "pulumi config",
        'secret="$(npm run',
        "pulumi import",
        "pulumi preview",
        "pulumi up",
      ]);
      const beforePreview = log.all().length;
      if (variant.printed === true) await adoption.type("pulumi stack rm live --yes");
      await adoption.type(commands[0] ?? "");
      const next = variant.printed === true ? adoption.printed() : commands.slice(1, 6);
      expect(next).toHaveLength(5);
      for (const command of next.slice(0, 4)) await adoption.type(command);
      const preview = await adoption.type(next[4] ?? "");
      const writes = log
        .all()
        .slice(beforePreview)
        .filter(({ method, path }) => method !== "GET" && !path.endsWith("/token"));
      expect(writes).toEqual([]);
      // The stack identifies groups by id, which differs in each run.
      const named = JSON.stringify(stepsOf(preview!)).replaceAll(made.groups.sudo, "sudo");
      expect(JSON.parse(named)).toEqual({
        created: [...created, ...(variant.created ?? [])].sort(),
        others: { ...updated, ...variant.changed },
      });

      const providers = preview?.steps.filter(({ type }) => type.startsWith("pulumi:providers:")) ?? [];
      expect(providers.filter(({ op }) => op !== "create" && op !== "update")).toEqual([]);

      const applications = graph.state.applications.size;
      await adoption.type(commands[6] ?? "");
      expect(graph.state.applications.size).toBe(applications);
      expect(await adoption.waitForJob()).toBe("Complete");
      expect(await smallstep.ca.provisioners()).toEqual(provisioners);
      const { changes, steps } = await stack.preview({ refresh: true });
      expect([steps, isUnchanged(changes)]).toEqual([[], true]);
      const history = graph.state.jobs.get(made.jobId)?.history.map(({ event }) => event) ?? [];
      expect(history.includes("restarted")).toBe(variant.deviations.extraMappings === true);

      const { disabled, deleted, failed } = await graph.runCycle();
      expect([disabled, deleted, failed]).toEqual([0, 0, 0]);
      expect(userNames(smallstep)).toEqual(made.userNames);

      const secrets = [
        { name: "SCIM token", value: smallstep.directory.token },
        { name: "client secret", value: made.application.secret },
        { name: "password of folk", value: smallstep.database.deployer.password },
      ];
      const files = ["Pulumi.live.yaml", "import.live.json"].map((name) =>
        readFile(path.join(adoption.folder, name), "utf8"),
      );
      const everything = [...(await Promise.all(files)), ...adoption.output, await stack.stateFile()];
      expect(leaks(everything.join("\n"), secrets)).toEqual([]);

      await stack.destroy();
      const left = [...graph.state.applications.values()].map(({ displayName }) => displayName);
      expect(left.filter((name) => /^Smallstep SSH$|usersync/.test(name))).toEqual([]);
      for (const id of Object.values(made.groups)) expect(graph.state.groups.has(id)).toBe(true);
      expect(userNames(smallstep)).toEqual(made.userNames);
      const [team] = await smallstep.query<{ id: string }>(
        "select ssh_directory_id::text as id from teams where slug = 'acme'",
      );
      expect(team?.id).toBe(smallstep.directory.id);
      expect(await smallstep.ca.provisioners()).toEqual(provisioners);
    },
  );
});
