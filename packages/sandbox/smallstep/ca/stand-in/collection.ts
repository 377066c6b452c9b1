import { createHash } from "node:crypto";

import type { Provisioner } from "../types";

export interface ProvisionerPage {
  provisioners: Provisioner[];
  /** Cursor of the next page. Empty on the last page. */
  nextCursor: string;
}

const defaultLimit = 20;
const maximumLimit = 100;

/**
 * Provisioners in order of creation, with the pagination of step-ca. Each has a uid of 40 hexadecimal digits that starts with its
 * number. A cursor is the uid of the next provisioner without leading zeros.
 */
export class ProvisionerCollection {
  private readonly entries: { uid: string; provisioner: Provisioner }[] = [];
  private count = 0;

  all(): Provisioner[] {
    return this.entries.map(({ provisioner }) => structuredClone(provisioner));
  }

  /** Adds a provisioner. Returns false if the name is in use. */
  add(provisioner: Provisioner): boolean {
    if (this.entries.some((entry) => entry.provisioner.name === provisioner.name)) return false;
    const order = (this.count++).toString(16).padStart(8, "0");
    const id = createHash("sha1").update(`${provisioner.type}/${provisioner.name}`).digest("hex");
    this.entries.push({ uid: order + id.slice(8), provisioner: structuredClone(provisioner) });
    return true;
  }

  /** Replaces the provisioner of the same name and keeps its position. Returns false if it does not exist. */
  update(provisioner: Provisioner): boolean {
    const entry = this.entries.find((one) => one.provisioner.name === provisioner.name);
    if (entry !== undefined) entry.provisioner = structuredClone(provisioner);
    return entry !== undefined;
  }

  /** Removes a provisioner. Returns false if it does not exist. */
  remove(name: string): boolean {
    const index = this.entries.findIndex((entry) => entry.provisioner.name === name);
    if (index >= 0) this.entries.splice(index, 1);
    return index >= 0;
  }

  /** Returns one page. The page size is `limit`, at most 100. A `limit` of 0 or less means 20. */
  page(cursor: string, limit: number): ProvisionerPage {
    const size = limit <= 0 ? defaultLimit : Math.min(limit, maximumLimit);
    const from = cursor.padStart(40, "0");
    const rest = this.entries.filter(({ uid }) => uid >= from);
    const next = rest[size];
    return {
      provisioners: rest.slice(0, size).map(({ provisioner }) => provisioner),
      nextCursor: next === undefined ? "" : next.uid.replace(/^0+/, ""),
    };
  }
}
