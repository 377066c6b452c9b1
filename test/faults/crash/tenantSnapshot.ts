import type { TenantState } from "../../../sandbox/graph";

/** Everything of a tenant, to put it back as it was. */
export function snapshot(state: TenantState): () => void {
  const saved = structuredClone(mapsOf(state));
  return () => {
    const fresh = structuredClone(saved);
    mapsOf(state).forEach((map, index) => {
      map.clear();
      for (const [key, value] of fresh[index] ?? []) map.set(key, value);
    });
  };
}

/** The maps that a tenant consists of, those of its relations included. */
function mapsOf(state: TenantState): Map<unknown, unknown>[] {
  const found: Map<unknown, unknown>[] = [];
  for (const value of Object.values(state) as unknown[]) {
    if (value instanceof Map) found.push(value);
    else if (typeof value === "object" && value !== null) {
      for (const inner of Object.values(value)) if (inner instanceof Map) found.push(inner);
    }
  }
  return found;
}
