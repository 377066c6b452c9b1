import type { PropertyValue } from "@smallstep-ssh/usersync/host";
import type { Api, CallOptions } from "./api";
import { texts } from "./shapes";

/** Maximum number of owners in a create request, including the caller. */
export const ownersAtOnce = 20;

/** Returns the ids of a relation of an object, such as its owners. */
export async function related(api: Api, path: string, options: CallOptions = {}): Promise<string[]> {
  return ((await api.list(path, options)) ?? []).map((one) => one.id);
}

export async function addRelated(api: Api, path: string, ids: readonly string[], options: CallOptions = {}) {
  for (const id of ids) {
    await api.post(
      `${path}/$ref`,
      { "@odata.id": api.reference(id, options.version) },
      { eventuallyConsistent: true, ...options },
    );
  }
}

/** Sets the ids of a relation. Adds new ids first, because Graph does not remove the last owner. */
export async function setRelated(api: Api, path: string, wanted: PropertyValue | undefined, options: CallOptions = {}) {
  const goal = texts(wanted);
  const current = await related(api, path, options);
  await addRelated(
    api,
    path,
    goal.filter((id) => !current.includes(id)),
    options,
  );
  for (const id of current.filter((one) => !goal.includes(one))) await api.delete(`${path}/${id}/$ref`, options);
}
