import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

type PodSpec = kubernetes.types.input.core.v1.PodSpec;
type Container = kubernetes.types.input.core.v1.Container;
type EnvVar = kubernetes.types.input.core.v1.EnvVar;

/** Keys of the ConfigMap that the containers read; each becomes an environment variable of that name. */
export const settingNames = [
  "CA_URL",
  "ROOT_CERT",
  "PROVISIONER_NAME",
  "CLIENT_ID",
  "CONFIGURATION_ENDPOINT",
  "TENANT_ID",
  "DOMAINS",
  "LISTEN_ADDRESS",
  "AUTHORITY_ID",
  "TENANT_URL",
  "MINIMUM_USERS",
  "WAIT_SECONDS",
  "PGHOST",
  "PGPORT",
  "PGDATABASE",
  "PGUSER",
  "PGSSLMODE",
  "FOLK_ROOT_CERT",
  "TEAM_SLUG",
  "DIRECTORY_ID",
] as const;
export type SettingName = (typeof settingNames)[number];
/** Keys of the Secret. */
export type SecretName = "CLIENT_SECRET" | "SCIM_TOKEN" | "PGPASSWORD";

/** The file of the ConfigMap that holds the Job's program. */
export const programFile = "registration.cjs";
const decisionFile = "/work/decision";

/**
 * The shell of the step that registers. Every value comes from the environment and is quoted, so that none is ever read as shell;
 * DOMAINS is split at its commas only.
 */
export const registerScript = `set -eu
if [ "$(cat "$DECISION_FILE")" != add ]; then
  echo "register: nothing to do"
  exit 0
fi
set -- --ssh --type OIDC --name "$PROVISIONER_NAME" \\
  \${LISTEN_ADDRESS:+--listen-address "$LISTEN_ADDRESS"} \\
  --client-id "$CLIENT_ID" --client-secret "$CLIENT_SECRET" --configuration-endpoint "$CONFIGURATION_ENDPOINT"
set -f
IFS=,
for domain in $DOMAINS; do set -- "$@" --domain "$domain"; done
unset IFS
exec manage-provisioners "$@" --authority "$AUTHORITY_ID" --tenant-id "$TENANT_ID" add
`;

export interface PodOptions {
  adminToolsImage: pulumi.Input<string>;
  runnerImage: pulumi.Input<string>;
  /** Names of the ConfigMap and the Secret. */
  configMap: pulumi.Input<string>;
  secret: pulumi.Input<string>;
}

/**
 * The Pod of the registration Job. Its steps run in order: compare with what the CA publishes, register what is missing, wait for
 * users, switch the team; a step that fails stops those after it. Within the `restricted` Pod Security Standard.
 */
export function podSpec(options: PodOptions): PodSpec {
  const setting = (name: SettingName, optional = false): EnvVar => ({
    name,
    // By reference, never as a value: a kubelet would expand `$(NAME)` inside of a value.
    valueFrom: { configMapKeyRef: { name: options.configMap, key: name, ...(optional ? { optional } : {}) } },
  });
  const secret = (name: SecretName): EnvVar => ({
    name,
    valueFrom: { secretKeyRef: { name: options.secret, key: name } },
  });
  const decision: EnvVar = { name: "DECISION_FILE", value: decisionFile };
  const provisioner = [
    setting("PROVISIONER_NAME"),
    setting("CLIENT_ID"),
    secret("CLIENT_SECRET"),
    setting("CONFIGURATION_ENDPOINT"),
    setting("TENANT_ID"),
    setting("DOMAINS"),
    setting("LISTEN_ADDRESS"),
  ];
  const rootCert = setting("ROOT_CERT", true);
  const step = (name: string, env: EnvVar[]): Container => ({
    ...container(name, options.runnerImage, env),
    command: ["node", `/program/${programFile}`, name],
  });
  return {
    restartPolicy: "Never",
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      // Any id but root's: nothing of the images is written to.
      runAsUser: 65532,
      runAsGroup: 65532,
      fsGroup: 65532,
      seccompProfile: { type: "RuntimeDefault" },
    },
    initContainers: [
      step("compare", [setting("CA_URL"), rootCert, decision, ...provisioner]),
      {
        ...container("register", options.adminToolsImage, [decision, ...provisioner, setting("AUTHORITY_ID")]),
        command: ["sh", "-c", registerScript],
      },
      step("wait-for-users", [
        setting("TENANT_URL"),
        secret("SCIM_TOKEN"),
        rootCert,
        setting("MINIMUM_USERS"),
        setting("WAIT_SECONDS"),
      ]),
    ],
    containers: [
      step("switch-team", [
        ...(["PGHOST", "PGPORT", "PGDATABASE", "PGUSER", "PGSSLMODE"] as const).map((name) => setting(name)),
        secret("PGPASSWORD"),
        setting("FOLK_ROOT_CERT", true),
        setting("TEAM_SLUG"),
        setting("DIRECTORY_ID"),
      ]),
    ],
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
    env: [{ name: "HOME", value: "/work" }, { name: "TMPDIR", value: "/work" }, ...env],
    // A failed step's last lines become the reason that `kubectl describe` and `pulumi up` show.
    terminationMessagePolicy: "FallbackToLogsOnError",
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "256Mi" } },
    volumeMounts: [
      { name: "work", mountPath: "/work" },
      { name: "program", mountPath: "/program", readOnly: true },
    ],
  };
}
