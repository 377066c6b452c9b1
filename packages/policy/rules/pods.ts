import { list, map, UNKNOWN, type Value, type Values } from "../resource";
import type { ResourceRule } from "../rule";

/** Returns the Pod specification of a resource, by the type of a resource that runs Pods. */
const specOf: Readonly<Record<string, (props: Values) => Values>> = {
  "kubernetes:core/v1:Pod": (props) => map(props["spec"]),
  "kubernetes:batch/v1:Job": template,
  "kubernetes:apps/v1:Deployment": template,
  "kubernetes:batch/v1:CronJob": (props) => template(map(map(props["spec"])["jobTemplate"])),
};

function template(props: Values): Values {
  return map(map(map(props["spec"])["template"])["spec"]);
}

export const podKinds = Object.keys(specOf);

/** Returns the Pod specification of a resource whose type is one of {@link podKinds}; empty for other types. */
export function podSpecOf(type: string, props: Values): Values {
  return specOf[type]?.(props) ?? {};
}

export function containersOf(spec: Values): { place: string; container: Values }[] {
  return ["initContainers", "containers"].flatMap((kind) =>
    list(spec[kind]).map((container, index) => ({ place: `${kind}[${index}]`, container: map(container) })),
  );
}

const isOff = (value: Value): boolean => value === false || value === UNKNOWN;
const isOn = (value: Value): boolean => value === true || value === UNKNOWN;

/** Checks the `restricted` Pod Security Standard, and that no Pod of the stack mounts a token for the Kubernetes API. */
export const restrictedPods: ResourceRule = {
  name: "restricted-pods",
  description: "Pods comply with the restricted Pod Security Standard and mount no service account token.",
  level: "mandatory",
  types: podKinds,
  check({ type, props }) {
    const spec = podSpecOf(type, props);
    const security = map(spec["securityContext"]);
    const found: string[] = [];
    if (!isOff(spec["automountServiceAccountToken"])) found.push("automountServiceAccountToken must be false.");
    for (const name of ["hostNetwork", "hostPID", "hostIPC"]) {
      if (spec[name] === true) found.push(`${name} is true: the Pod would share this namespace with the node.`);
    }
    for (const [index, volume] of list(spec["volumes"]).entries()) {
      if (map(volume)["hostPath"] !== undefined)
        found.push(`volumes[${index}] is a hostPath: the Pod would access files of the node.`);
    }
    for (const { place, container } of containersOf(spec)) {
      const own = map(container["securityContext"]);
      const either = (name: string) => own[name] ?? security[name];
      const report = (problem: string) => found.push(`${place}.securityContext: ${problem}.`);
      if (!isOn(either("runAsNonRoot"))) report("runAsNonRoot is not true");
      if (either("runAsUser") === 0) report("runAsUser is 0");
      if (own["privileged"] === true) report("privileged is true");
      if (!isOff(own["allowPrivilegeEscalation"])) report("allowPrivilegeEscalation is not false");
      if (!list(map(own["capabilities"])["drop"]).includes("ALL")) report("capabilities.drop does not contain ALL");
      const seccomp = map(either("seccompProfile"))["type"];
      if (seccomp !== "RuntimeDefault" && seccomp !== "Localhost")
        report("seccompProfile is neither RuntimeDefault nor Localhost");
    }
    return found;
  },
};
