import path from "node:path";

/** A mount of a container, and the path on this machine that stands for it. */
export interface Mount {
  mountPath: string;
  hostPath: string;
}

/**
 * A container's process runs on this machine, where `/work` of the container is some temporary folder. So a word of
 * its command, or a value of its environment, that starts with a mount path is made to start with that folder.
 */
export function rewrite(word: string, mounts: readonly Mount[]): string {
  const matching = mounts
    .filter(({ mountPath }) => word === trimmed(mountPath) || word.startsWith(`${trimmed(mountPath)}/`))
    // A mount inside another one hides that part of it.
    .sort((a, b) => b.mountPath.length - a.mountPath.length)[0];
  if (matching === undefined) return word;
  const rest = word.slice(trimmed(matching.mountPath).length);
  return rest === "" ? matching.hostPath : path.join(matching.hostPath, rest);
}

function trimmed(mountPath: string): string {
  return mountPath.replace(/\/+$/, "");
}
