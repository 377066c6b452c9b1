import path from "node:path";

/** A mount of a container, and the corresponding path on this machine. */
export interface Mount {
  mountPath: string;
  hostPath: string;
}

/**
 * Replaces the container path at the start of `word` with the corresponding host path. A container's process runs on
 * this machine, where its mounts are temporary folders. Apply this to command arguments and environment values.
 */
export function rewrite(word: string, mounts: readonly Mount[]): string {
  const matching = mounts
    .filter(({ mountPath }) => word === trimmed(mountPath) || word.startsWith(`${trimmed(mountPath)}/`))
    // A nested mount hides that part of the outer mount, so the longest path wins.
    .sort((a, b) => b.mountPath.length - a.mountPath.length)[0];
  if (matching === undefined) return word;
  const rest = word.slice(trimmed(matching.mountPath).length);
  return rest === "" ? matching.hostPath : path.join(matching.hostPath, rest);
}

function trimmed(mountPath: string): string {
  return mountPath.replace(/\/+$/, "");
}
