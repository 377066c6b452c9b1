import { boundedList } from "entra-mappings";
import { settingsSchema } from "@smallstep-ssh/stack";
import type { WantedProvisioner } from "@smallstep-ssh/usersync/clients";
import { applicationPart, type FoundApplication } from "./parts/application";
import { enterpriseAppPart, type FoundEnterpriseApp } from "./parts/enterpriseApp";
import { groupSetting, type FoundGroup } from "./parts/groups";
import { jobPart, type Credential, type FoundJob } from "./parts/job";
import type { Part } from "./parts/part";
import { provisionerPart, type ProvisionerChoices } from "./parts/provisioner";
import { servicePrincipalPart, type FoundServicePrincipal } from "./parts/servicePrincipal";
import { teamPart, type FoundTeam } from "./parts/team";

/** A manual setup as discovered in Entra ID, the folk database and the CA. Objects of Graph have only the properties that are read. */
export interface DiscoveredSetup {
  tenantId: string;
  /** Object id of the reading identity. Undefined: its token does not contain it. */
  deployer: string | undefined;
  application: FoundApplication;
  signIn: FoundServicePrincipal | undefined;
  enterpriseApp: FoundEnterpriseApp;
  groups: FoundGroup[];
  job: FoundJob | undefined;
  secrets: Credential[];
  provisioner: WantedProvisioner | undefined;
  team: FoundTeam;
}

/** Decisions of the user that the setup does not determine. */
export interface PlanOptions extends ProvisionerChoices {
  /** Keep every mapping that settings can express. */
  keepMappings: boolean;
}

export interface Plan extends Omit<Part, "found" | "settings"> {
  found: Part["found"][];
  /** Settings that the setup determines, by section, without defaults. They replace whole sections. */
  settings: {
    tenantId: string;
    groups: ReturnType<typeof groupSetting>[];
    oidc: Record<string, unknown>;
    scim: Record<string, unknown>;
    mapping: object;
  };
}

const anyId = "00000000-0000-0000-0000-000000000000";
/** The defaults of both sections. The required settings have values that no setup has. */
export const defaults = {
  oidc: settingsSchema.shape.oidc.parse({ emailDomains: ["setting.invalid"] }),
  scim: settingsSchema.shape.scim.parse({ baseUrl: "https://setting.invalid", directoryId: anyId }),
};

/** Converts a manual setup to the stack's settings, the resources to import, and the differences. No I/O. */
export function plan(setup: DiscoveredSetup, options: PlanOptions): Plan {
  const { application, signIn, enterpriseApp, groups, job, secrets, tenantId } = setup;
  const parts = [
    applicationPart(application, setup.deployer),
    servicePrincipalPart(application, signIn, groups),
    enterpriseAppPart(enterpriseApp, groups),
    jobPart(enterpriseApp, job, secrets, options.keepMappings),
    provisionerPart(application, setup.provisioner, tenantId, options),
    teamPart(setup.team, secrets),
  ];
  const merged = (section: "oidc" | "scim") =>
    withoutDefaults(Object.assign({}, ...parts.map(({ settings }) => settings[section])), defaults[section]);
  return {
    found: [
      ...parts.map(({ found }) => found),
      ["groups", boundedList(groups.map(({ displayName }) => displayName)).join(", ")],
    ],
    imports: parts.flatMap(({ imports }) => imports),
    settings: {
      tenantId,
      groups: groups.map(groupSetting),
      oidc: merged("oidc"),
      scim: merged("scim"),
      mapping: parts.find(({ settings }) => settings.mapping)?.settings.mapping ?? {},
    },
    differences: parts.flatMap(({ differences }) => differences),
  };
}

function withoutDefaults(values: object, usual: object): Record<string, unknown> {
  const isUsual = (name: string, value: unknown) => JSON.stringify(Reflect.get(usual, name)) === JSON.stringify(value);
  const own = Object.entries(values).filter(([name, value]) => value !== undefined && !isUsual(name, value));
  return Object.fromEntries(own);
}
