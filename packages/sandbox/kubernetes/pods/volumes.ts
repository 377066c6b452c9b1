import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { V1Container, V1KeyToPath, V1Pod, V1Volume, V1VolumeProjection } from "@kubernetes/client-node";
import { field } from "./environment";
import { ContainerConfigError } from "./errors";
import type { Mount } from "./mounts";
import { configMapContents, secretContents, type ObjectReader } from "./objects";

/**
 * Creates a folder below `dir` for each volume of the Pod. Returns the folders by volume name.
 *
 * @throws ContainerConfigError if a referenced object is missing or the kind of volume is not supported
 */
export async function makeVolumes(pod: V1Pod, dir: string, objects: ObjectReader): Promise<Map<string, string>> {
  const folders = new Map<string, string>();
  for (const volume of pod.spec?.volumes ?? []) {
    const folder = path.join(dir, volume.name);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await fill(pod, volume, folder, objects);
    folders.set(volume.name, folder);
  }
  return folders;
}

/** Returns the host path of each mount of a container. */
export function mountsOf(container: V1Container, volumes: ReadonlyMap<string, string>): Mount[] {
  return (container.volumeMounts ?? []).map(({ name, mountPath, subPath }) => ({
    mountPath,
    hostPath: path.join(volumes.get(name) ?? "", subPath ?? ""),
  }));
}

async function fill(pod: V1Pod, volume: V1Volume, folder: string, objects: ObjectReader): Promise<void> {
  if (volume.emptyDir) return;
  if (volume.projected) {
    for (const source of volume.projected.sources ?? []) await project(pod, volume.name, source, folder, objects);
    return;
  }
  const { configMap, secret } = volume;
  if (!configMap && !secret) {
    const supported = "configMap, secret, emptyDir and projected";
    throw new ContainerConfigError(
      `volume ${volume.name}: the Pod runner supports only ${supported}`,
      "ContainerCreating",
    );
  }
  const name = secret?.secretName ?? configMap?.name ?? "";
  const { optional = false, items } = secret ?? configMap ?? {};
  await writeKeys(pod, volume.name, { kind: secret ? "secret" : "configmap", name, optional }, items, folder, objects);
}

async function project(
  pod: V1Pod,
  volume: string,
  { configMap, secret, downwardAPI, serviceAccountToken }: V1VolumeProjection,
  folder: string,
  objects: ObjectReader,
): Promise<void> {
  const namespace = pod.metadata?.namespace ?? "default";
  if (configMap || secret) {
    const { name = "", optional = false, items } = configMap ?? secret ?? {};
    await writeKeys(pod, volume, { kind: secret ? "secret" : "configmap", name, optional }, items, folder, objects);
  }
  for (const { path: file, fieldRef } of downwardAPI?.items ?? []) {
    if (fieldRef) await write(folder, file, Buffer.from(field(pod, fieldRef.fieldPath)));
  }
  if (serviceAccountToken) {
    const account = pod.spec?.serviceAccountName ?? "default";
    const { expirationSeconds = 3600, audience } = serviceAccountToken;
    const token = await objects.serviceAccountToken(namespace, account, expirationSeconds, audience);
    await write(folder, serviceAccountToken.path, Buffer.from(token));
  }
}

async function writeKeys(
  pod: V1Pod,
  volume: string,
  source: { kind: "secret" | "configmap"; name: string; optional: boolean },
  items: V1KeyToPath[] | undefined,
  folder: string,
  objects: ObjectReader,
): Promise<void> {
  const namespace = pod.metadata?.namespace ?? "default";
  const found = await read(source.kind, namespace, source.name, objects);
  if (found === undefined) {
    if (source.optional) return;
    const message = `${source.kind} "${source.name}" not found`;
    throw new ContainerConfigError(`MountVolume.SetUp failed for volume "${volume}" : ${message}`, "ContainerCreating");
  }
  const wanted = items ?? [...found.keys()].map((key) => ({ key, path: key }));
  for (const { key, path: file } of wanted) {
    const content = found.get(key);
    if (content !== undefined) await write(folder, file, content);
    else if (!source.optional) {
      const message = `references non-existent ${source.kind} key: ${key}`;
      throw new ContainerConfigError(
        `MountVolume.SetUp failed for volume "${volume}" : ${message}`,
        "ContainerCreating",
      );
    }
  }
}

async function read(kind: "secret" | "configmap", namespace: string, name: string, objects: ObjectReader) {
  if (kind === "secret") {
    const secret = await objects.secret(namespace, name);
    return secret && secretContents(secret);
  }
  const configMap = await objects.configMap(namespace, name);
  return configMap && configMapContents(configMap);
}

/**
 * Writes one file of a volume. The API server rejects paths that leave the volume. Only the current user can read the
 * file, regardless of the mode in the spec.
 */
async function write(folder: string, file: string, content: Buffer): Promise<void> {
  const target = path.join(folder, file);
  await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
  await writeFile(target, content, { mode: 0o600 });
}
