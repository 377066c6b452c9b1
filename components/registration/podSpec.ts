import { readFileSync } from "node:fs";
import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { defaults } from "../wellKnown";
import { registerScript } from "./registerScript";

type PodSpec = kubernetes.types.input.core.v1.PodSpec;
type Container = kubernetes.types.input.core.v1.Container;
type EnvVar = kubernetes.types.input.core.v1.EnvVar;

const provisioner = [
  "PROVISIONER_NAME",
  "CLIENT_ID",
  "CLIENT_SECRET",
  "CONFIGURATION_ENDPOINT",
  "TENANT_ID",
  "DOMAINS",
  "LISTEN_ADDRESS",
] as const;

/** The environment variables of each step. Each is a key of the ConfigMap or the Secret. */
const variables = {
  compare: ["CA_URL", "ROOT_CERT", ...provisioner],
  register: [...provisioner, "AUTHORITY_ID", "UPDATE_VERB"],
  confirm: ["CA_URL", "ROOT_CERT", ...provisioner],
  "wait-for-users": [
    "TENANT_URL",
    "SCIM_TOKEN",
    "ROOT_CERT",
    "MINIMUM_USERS",
    "REQUIRED_USERS",
    "HIDE_USERS",
    "WAIT_SECONDS",
  ],
  "switch-team": [
    "PGHOST",
    "PGPORT",
    "PGDATABASE",
    "PGUSER",
    "PGSSLMODE",
    "PGPASSWORD",
    "DATABASE_ROOT_CERT",
    "TEAM_SLUG",
    "DIRECTORY_ID",
    "ALLOW_SHARED_DIRECTORY",
  ],
} as const;
type Step = keyof typeof variables;
type Variable = (typeof variables)[Step][number];

/** Keys of the Secret. */
export type SecretName = "CLIENT_SECRET" | "SCIM_TOKEN" | "PGPASSWORD";
/** Keys of the ConfigMap. */
export type SettingName = Exclude<Variable, SecretName>;

const secretNames: readonly Variable[] = ["CLIENT_SECRET", "SCIM_TOKEN", "PGPASSWORD"] satisfies SecretName[];
/** Settings that the ConfigMap may lack. */
const optional: readonly Variable[] = [
  "ROOT_CERT",
  "REQUIRED_USERS",
  "HIDE_USERS",
  "DATABASE_ROOT_CERT",
  "ALLOW_SHARED_DIRECTORY",
];

/** Key of the ConfigMap that holds the Job's program. */
export const programFile = "registration.cjs";

/**
 * Reads the Job's program, one bundled file without dependencies.
 * @throws Error when the program has not been built
 */
export function jobProgram(): string {
  try {
    return readFileSync(require.resolve("@smallstep-ssh/components/registrationJob"), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "MODULE_NOT_FOUND") throw error;
  }
  throw new Error("components/dist/registrationJob.cjs is missing. Run `npm run build` (`npm ci` runs it too)");
}

const workDir = "/work";
const { user } = defaults;
/** Time limit of `manage-provisioners`. */
const registerSeconds = "300";

export interface PodOptions {
  adminToolsImage: pulumi.Input<string>;
  nodeImage: pulumi.Input<string>;
  /** Name of the ConfigMap. */
  configMap: pulumi.Input<string>;
  /** Name of the Secret. */
  secret: pulumi.Input<string>;
  /** Security-context overrides for the admin-tools container. Default: the same as the other containers. */
  adminTools?: AdminToolsSecurityOptions | undefined;
}

/** Security-context overrides for an admin-tools image that cannot run as the other containers do. */
export interface AdminToolsSecurityOptions {
  /**
   * User id of the container. A namespace that enforces the `restricted` Pod Security Standard rejects a Pod with 0 (root).
   * @default 65532
   */
  user?: number | undefined;
  /**
   * Whether the container's root file system is read-only.
   * @default true
   */
  readOnlyRootFilesystem?: boolean | undefined;
}

/**
 * Returns the Pod of the registration Job. Its steps run in order: compare the provisioner with the published one, register it if it is
 * missing or differs, verify that the CA publishes it, wait for users, switch the team. After a failed step, the later steps do nothing
 * and the last container reports the failure. Complies with the `restricted` Pod Security Standard, unless `adminTools` overrides it.
 */
export function podSpec(options: PodOptions): PodSpec {
  const environment = (step: Step): EnvVar[] =>
    variables[step].map((name) => ({
      name,
      // By reference, never as a value: a kubelet would expand `$(NAME)` inside a value.
      valueFrom: secretNames.includes(name)
        ? { secretKeyRef: { name: options.secret, key: name } }
        : {
            configMapKeyRef: {
              name: options.configMap,
              key: name,
              optional: optional.includes(name) ? true : undefined,
            },
          },
    }));
  const step = (name: Step): Container => ({
    ...container(name, options.nodeImage, environment(name)),
    command: ["node", `/program/${programFile}`, name],
  });
  return {
    restartPolicy: "Never",
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: user,
      runAsGroup: user,
      fsGroup: user,
      seccompProfile: { type: "RuntimeDefault" },
    },
    initContainers: [
      step("compare"),
      {
        ...container("register", options.adminToolsImage, [
          { name: "REGISTER_SECONDS", value: registerSeconds },
          ...environment("register"),
        ]),
        command: ["sh", "-c", registerScript],
        securityContext: securityContext(options.adminTools),
      },
      step("confirm"),
      step("wait-for-users"),
    ],
    containers: [step("switch-team")],
    volumes: [
      { name: "work", emptyDir: { sizeLimit: "16Mi" } },
      {
        name: "program",
        configMap: { name: options.configMap, items: [{ key: programFile, path: programFile }] },
      },
    ],
  };
}

function container(name: string, image: pulumi.Input<string>, env: EnvVar[]): Container {
  return {
    name,
    image,
    env: [...["HOME", "TMPDIR", "WORK_DIR"].map((name) => ({ name, value: workDir })), ...env],
    // `kubectl describe` and `pulumi up` show the last lines of a failed container as the reason.
    terminationMessagePolicy: "FallbackToLogsOnError",
    securityContext: securityContext(),
    resources: {
      requests: { cpu: "50m", memory: "64Mi", "ephemeral-storage": "32Mi" },
      limits: { cpu: "1", memory: "256Mi", "ephemeral-storage": "128Mi" },
    },
    volumeMounts: [
      { name: "work", mountPath: workDir },
      { name: "program", mountPath: "/program", readOnly: true },
    ],
  };
}

function securityContext(options: AdminToolsSecurityOptions = {}): Container["securityContext"] {
  const runAsUser = options.user === user ? undefined : options.user;
  return {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: options.readOnlyRootFilesystem ?? true,
    capabilities: { drop: ["ALL"] },
    runAsUser,
    runAsNonRoot: runAsUser === 0 ? false : undefined,
  };
}
