import type * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

type PodSpec = kubernetes.types.input.core.v1.PodSpec;
type Container = kubernetes.types.input.core.v1.Container;
type EnvVar = kubernetes.types.input.core.v1.EnvVar;

/** Keys of the ConfigMap that the containers read. Each becomes an environment variable of the same name. */
export const configMapKeys = [
  "CA_URL",
  "ROOT_CERT",
  "PROVISIONER_NAME",
  "CLIENT_ID",
  "CONFIGURATION_ENDPOINT",
  "TENANT_ID",
  "DOMAINS",
  "LISTEN_ADDRESS",
  "AUTHORITY_ID",
  "UPDATE_VERB",
  "TENANT_URL",
  "MINIMUM_USERS",
  "REQUIRED_USERS",
  "WAIT_SECONDS",
  "PGHOST",
  "PGPORT",
  "PGDATABASE",
  "PGUSER",
  "PGSSLMODE",
  "DATABASE_ROOT_CERT",
  "TEAM_SLUG",
  "DIRECTORY_ID",
  "ALLOW_SHARED_DIRECTORY",
] as const;
export type SettingName = (typeof configMapKeys)[number];
/** Keys of the Secret. Each becomes an environment variable too. */
export type SecretName = "CLIENT_SECRET" | "SCIM_TOKEN" | "PGPASSWORD";

/** Key of the ConfigMap that holds the Job's program. */
export const programFile = "registration.cjs";
const workDir = "/work";
/** An arbitrary user id other than root's: the containers write to no file of their images. */
const user = 65532;
/** Time limit of `manage-provisioners`. */
const registerSeconds = "300";

/**
 * The shell script of the register step. Every value comes from the environment and is quoted, so that the shell never interprets it.
 * DOMAINS is split only at its commas. The script writes the tool's output and exit code to files for the next step. It stops a tool
 * that hangs, limits the size of the output, and logs none of it, because the output may contain the secret.
 */
export const registerScript = `set -u
cd "$WORK_DIR" || exit 1
verb=
if [ ! -e failed ]; then
  case "$(cat decision)" in
    add) verb=add ;;
    update) verb=$UPDATE_VERB ;;
  esac
fi
if [ -z "$verb" ]; then
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
(
  ulimit -f 4096
  exec manage-provisioners "$@" --authority "$AUTHORITY_ID" --tenant-id "$TENANT_ID" "$verb"
) >register.output 2>&1 </dev/null &
tool=$!
(
  trap 'kill "$pause" 2>/dev/null; exit 0' TERM
  sleep "$REGISTER_SECONDS" &
  pause=$!
  wait "$pause"
  : >register.timeout
  kill -KILL "$tool"
) >/dev/null 2>&1 </dev/null &
watch=$!
wait "$tool"
status=$?
kill -TERM "$watch" 2>/dev/null
echo "$status" >register.status
echo "register: manage-provisioners ended with exit code $status"
`;

export interface PodOptions {
  adminToolsImage: pulumi.Input<string>;
  nodeImage: pulumi.Input<string>;
  /** Name of the ConfigMap. */
  configMap: pulumi.Input<string>;
  /** Name of the Secret. */
  secret: pulumi.Input<string>;
  /** Security-context overrides for the admin-tools container. Default: the same as the other containers. */
  adminTools?: AdminToolsSecurityOptions;
}

/** Security-context overrides for an admin-tools image that cannot run as the other containers do. */
export interface AdminToolsSecurityOptions {
  /**
   * User id of the container. A namespace that enforces the `restricted` Pod Security Standard rejects a Pod with 0 (root).
   * @default 65532
   */
  user?: number;
  /**
   * Whether the container's root file system is read-only.
   * @default true
   */
  readOnlyRootFilesystem?: boolean;
}

/**
 * Returns the Pod of the registration Job. Its steps run in order: compare the provisioner with the published one, register it if it is
 * missing or differs, verify that the CA publishes it, wait for users, switch the team. After a failed step, the later steps do nothing
 * and the last container reports the failure. Complies with the `restricted` Pod Security Standard, unless `adminTools` overrides it.
 */
export function podSpec(options: PodOptions): PodSpec {
  const setting = (name: SettingName, optional = false): EnvVar => ({
    name,
    // By reference, never as a value: a kubelet would expand `$(NAME)` inside a value.
    valueFrom: { configMapKeyRef: { name: options.configMap, key: name, ...(optional ? { optional } : {}) } },
  });
  const secret = (name: SecretName): EnvVar => ({
    name,
    valueFrom: { secretKeyRef: { name: options.secret, key: name } },
  });
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
    ...container(name, options.nodeImage, env),
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
      step("compare", [setting("CA_URL"), rootCert, ...provisioner]),
      {
        ...container("register", options.adminToolsImage, [
          { name: "REGISTER_SECONDS", value: registerSeconds },
          ...provisioner,
          setting("AUTHORITY_ID"),
          setting("UPDATE_VERB"),
        ]),
        command: ["sh", "-c", registerScript],
        securityContext: securityContext(options.adminTools),
      },
      step("confirm", [setting("CA_URL"), rootCert, ...provisioner]),
      step("wait-for-users", [
        setting("TENANT_URL"),
        secret("SCIM_TOKEN"),
        rootCert,
        setting("MINIMUM_USERS"),
        setting("REQUIRED_USERS", true),
        setting("WAIT_SECONDS"),
      ]),
    ],
    containers: [
      step("switch-team", [
        ...(["PGHOST", "PGPORT", "PGDATABASE", "PGUSER", "PGSSLMODE"] as const).map((name) => setting(name)),
        secret("PGPASSWORD"),
        setting("DATABASE_ROOT_CERT", true),
        setting("TEAM_SLUG"),
        setting("DIRECTORY_ID"),
        setting("ALLOW_SHARED_DIRECTORY", true),
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
  return {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: options.readOnlyRootFilesystem ?? true,
    capabilities: { drop: ["ALL"] },
    ...(options.user === undefined || options.user === user
      ? {}
      : { runAsUser: options.user, ...(options.user === 0 ? { runAsNonRoot: false } : {}) }),
  };
}
