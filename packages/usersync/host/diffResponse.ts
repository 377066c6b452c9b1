import { DiffResponse, PropertyDiff } from "@pulumi/pulumi/proto/provider_pb";

import { topLevel } from "./paths";
import type { DiffResult } from "./types";

const kinds = {
  add: PropertyDiff.Kind.ADD,
  "add-replace": PropertyDiff.Kind.ADD_REPLACE,
  delete: PropertyDiff.Kind.DELETE,
  "delete-replace": PropertyDiff.Kind.DELETE_REPLACE,
  update: PropertyDiff.Kind.UPDATE,
  "update-replace": PropertyDiff.Kind.UPDATE_REPLACE,
};

/** Converts a diff into the engine's detailed diff, with the properties that replace the resource. */
export function diffResponse(result: DiffResult): DiffResponse {
  const response = new DiffResponse();
  const entries = Object.entries(result.changes);
  const { DIFF_NONE, DIFF_SOME } = DiffResponse.DiffChanges;
  response.setChanges(entries.length === 0 ? DIFF_NONE : DIFF_SOME);
  response.setHasdetaileddiff(true);
  for (const [path, kind] of entries) {
    const diff = new PropertyDiff();
    diff.setKind(kinds[kind]);
    diff.setInputdiff(true);
    response.getDetaileddiffMap().set(path, diff);
  }
  const replacing = entries.filter(([, kind]) => kind.endsWith("-replace"));
  response.setReplacesList([...new Set(replacing.map(([path]) => topLevel(path)))]);
  response.setDiffsList([...new Set(entries.map(([path]) => topLevel(path)))]);
  response.setStablesList([...(result.stables ?? [])]);
  response.setDeletebeforereplace(result.deleteBeforeReplace ?? false);
  return response;
}
