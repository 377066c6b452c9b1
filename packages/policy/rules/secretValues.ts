import { list, map, strings, type Resource, type Value } from "../resource";
import type { ResourceRule, StackRule } from "../rule";
import { containersOf, podKinds, podSpecOf } from "./pods";

/** Matches names whose value is a secret. */
const secretName = /secret|token|passw|credential|private_?key|api_?key/i;
/** Matches flags whose value is a secret. */
const secretFlag = /^--?[\w-]*(secret|token|password|credential|private-key|api-key)[\w-]*(=(.*))?$/i;

/** Returns whether the word is a reference that a shell or the kubelet resolves: `$NAME`, `"$NAME"`, `$(NAME)`, `@file`. */
const isReference = (word: string): boolean => /^"?\$(\w+|\{\w+\}|\(\w+\))"?$/.test(word) || word.startsWith("@");

/** Checks by name: an environment variable or an argument for a secret takes its value from a Secret, never from a literal. */
export const secretsByReference: ResourceRule = {
  name: "secrets-by-reference",
  description: "A variable or argument named secret, token or password takes its value from a Secret only.",
  level: "mandatory",
  types: podKinds,
  check({ type, props }) {
    return containersOf(podSpecOf(type, props)).flatMap(({ place, container }) => [
      ...list(container["env"]).flatMap((entry, index) => wrongVariable(map(entry), `${place}.env[${index}]`)),
      ...wrongWords(container["command"], `${place}.command`),
      ...wrongWords(container["args"], `${place}.args`),
    ]);
  },
};

function wrongVariable(entry: ReturnType<typeof map>, place: string): string[] {
  const name = String(entry["name"]);
  if (!secretName.test(name)) return [];
  if (typeof entry["value"] === "string" && entry["value"] !== "") {
    return [`${place} (${name}) contains a literal value: every user who can read Pods can read it. Use secretKeyRef.`];
  }
  return map(entry["valueFrom"])["configMapKeyRef"] === undefined
    ? []
    : [`${place} (${name}) is read from a ConfigMap: every user who can read it sees the value. Use secretKeyRef.`];
}

function wrongWords(value: Value, place: string): string[] {
  const words = list(value).filter((word) => typeof word === "string");
  // A script is one argument that contains several words. Splitting at white space is precise enough to find flags.
  const parts = words.flatMap((word) => (/\s/.test(word) ? word.split(/\s+/) : [word]));
  return parts.flatMap((part, index) => {
    const flag = secretFlag.exec(part);
    if (flag === null) return [];
    const given = flag[2] === undefined ? parts[index + 1] : flag[3];
    if (given === undefined || given === "" || isReference(given)) return [];
    return [
      `${place}: ${part.replace(/=.*/, "")} has a literal value, which the process list shows. Use a variable from a Secret.`,
    ];
  });
}

/** Minimum length of a value that is searched for. Shorter values match by chance. */
const shortest = 8;

/** Checks by value: no Pod specification and no ConfigMap contains a value of a Secret of the stack. */
export const secretsOnlyInSecrets: StackRule = {
  name: "secrets-only-in-secrets",
  description: "No Pod and no ConfigMap contains a value of a Secret, a generated password or a client secret.",
  level: "mandatory",
  checkStack(resources) {
    const secrets = resources.flatMap(secretsOf).filter(({ value }) => value.length >= shortest);
    return resources
      .filter(({ type }) => podKinds.includes(type) || type === "kubernetes:core/v1:ConfigMap")
      .flatMap((resource) =>
        [...strings(resource.props)].flatMap(({ place, text }) =>
          secrets
            .filter(({ value }) => [value, Buffer.from(value).toString("base64")].some((form) => text.includes(form)))
            .map(({ name }) => ({ urn: resource.urn, message: `${place} contains ${name} in plain text.` })),
        ),
      );
  },
};

function secretsOf({ type, name, props }: Resource): { name: string; value: string }[] {
  const found: { name: string; value: Value }[] = [];
  if (type === "kubernetes:core/v1:Secret") {
    for (const [key, value] of Object.entries(map(props["stringData"])))
      found.push({ name: `Secret ${name}, ${key}`, value });
    for (const [key, value] of Object.entries(map(props["data"]))) {
      const text = typeof value === "string" ? Buffer.from(value, "base64").toString() : value;
      found.push({ name: `Secret ${name}, ${key}`, value: text });
    }
  }
  if (type.endsWith(":ApplicationPassword")) found.push({ name: `the client secret ${name}`, value: props["value"] });
  if (type.endsWith(":RandomPassword")) found.push({ name: `the password ${name}`, value: props["result"] });
  if (type.endsWith(":SynchronizationSecret")) {
    for (const credential of list(props["credentials"]).map(map)) {
      if (credential["key"] === "SecretToken") found.push({ name: "the SCIM token", value: credential["value"] });
    }
  }
  return found.flatMap(({ name, value }) => (typeof value === "string" ? [{ name, value }] : []));
}
