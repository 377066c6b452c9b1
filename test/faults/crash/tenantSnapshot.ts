import type { TenantState } from "entra-emulator";

/** Saves all objects of a tenant and returns a function that restores them. */
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

/** Returns the maps that hold a tenant's objects and relations. */
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
