import { environments } from "./clients/graph/settings";
import { version } from "./version";

type Property = Record<string, unknown>;
const text = { type: "string" };
const flag = { type: "boolean" };
const number = { type: "number" };
const texts = { type: "object", additionalProperties: text };
const list = { type: "array", items: text };
const secret = { ...text, secret: true };
const ref = (name: string): Property => ({ $ref: `#/types/usersync:${name}` });
const fixed = (property: Property): Property => ({ ...property, replaceOnChanges: true, willReplaceOnChanges: true });

const providerInputs: Record<string, Property> = {
  tenantId: text,
  clientId: text,
  clientSecret: secret,
  useOidc: flag,
  oidcToken: secret,
  oidcTokenFilePath: text,
  oidcRequestUrl: text,
  oidcRequestToken: secret,
  useCli: flag,
  useMsi: flag,
  msiEndpoint: text,
  environment: { ...text, description: `One of ${environments.join(", ")}.` },
  metadataHost: text,
  database: ref("index:Database"),
};

const mappingsInputs: Record<string, Property> = {
  jobId: fixed(text),
  mappings: { type: "object", additionalProperties: ref("entra:AttributeMapping") },
  sourceObject: text,
  targetObject: text,
  exclusive: flag,
  maxRenamedPercent: number,
  maxLockedOutPercent: number,
};

const provisioningInputs: Record<string, Property> = {
  jobId: fixed(text),
  enabled: flag,
  credentials: ref("entra:ScimCredentials"),
  restartTriggers: texts,
  resetScope: text,
  groups: list,
  maxLockedOutPercent: number,
  heldDeletions: text,
};

const connectionTestInputs: Record<string, Property> = {
  jobId: fixed(text),
  credentials: ref("entra:ScimCredentials"),
};

const registrationInputs: Record<string, Property> = {
  teamSlug: fixed(text),
  directoryId: text,
  caUrl: text,
  caRootCert: text,
  provisioner: ref("smallstep:Provisioner"),
  scim: ref("smallstep:Scim"),
  onDestroy: text,
};

const object = (properties: Record<string, Property>, required: string[] = []): Property => ({
  type: "object",
  properties,
  required,
});

/**
 * Package schema that the plugin returns from GetSchema, for the `pulumi package` tools and YAML programs. TypeScript
 * programs use sdk, which documents every property.
 */
export const schema = {
  name: "usersync",
  version,
  displayName: "usersync",
  description: "Synchronization of Entra ID users with Smallstep SSH",
  license: "Apache-2.0",
  config: { variables: providerInputs },
  provider: { inputProperties: providerInputs, properties: {} },
  types: {
    "usersync:index:Database": object(
      { host: text, port: number, name: text, username: text, password: secret, sslmode: text, sslRootCert: text },
      ["host", "username", "password"],
    ),
    "usersync:entra:AttributeMapping": object({
      source: text,
      expression: text,
      constant: text,
      matchingPriority: number,
      flowType: text,
      default: text,
    }),
    "usersync:entra:ScimCredentials": object({ baseAddress: text, secretToken: secret }, [
      "baseAddress",
      "secretToken",
    ]),
    "usersync:entra:Quarantine": object({ code: text, message: text, since: text }),
    "usersync:entra:LastExecution": object({ state: text, startedAt: text, endedAt: text, error: text }),
    "usersync:smallstep:Scim": object({ tenantUrl: text, token: secret, minimumUsers: number }, ["tenantUrl", "token"]),
    "usersync:smallstep:Provisioner": object(
      {
        name: text,
        clientId: text,
        clientSecret: secret,
        configurationEndpoint: text,
        tenantId: text,
        domains: list,
        listenAddress: text,
      },
      ["name", "clientId", "configurationEndpoint", "tenantId", "domains"],
    ),
  },
  resources: {
    "usersync:entra:AttributeMappings": {
      inputProperties: mappingsInputs,
      requiredInputs: ["jobId", "mappings"],
      properties: {
        ...mappingsInputs,
        declaredMappings: mappingsInputs["mappings"],
        schemaVersion: text,
        previousVersion: text,
      },
    },
    "usersync:entra:ConnectionTest": {
      inputProperties: connectionTestInputs,
      requiredInputs: ["jobId", "credentials"],
      properties: connectionTestInputs,
    },
    "usersync:entra:Provisioning": {
      inputProperties: provisioningInputs,
      requiredInputs: ["jobId"],
      properties: {
        ...provisioningInputs,
        status: text,
        scheduleState: text,
        quarantine: ref("entra:Quarantine"),
        lastExecution: ref("entra:LastExecution"),
        counts: { type: "object", additionalProperties: number },
        importedSchemaVersion: text,
      },
    },
    "usersync:smallstep:Registration": {
      inputProperties: registrationInputs,
      requiredInputs: ["teamSlug", "directoryId", "caUrl", "provisioner"],
      properties: {
        ...registrationInputs,
        generation: number,
        previousDirectoryId: text,
        declaredDirectoryId: text,
      },
    },
  },
  functions: {},
};
