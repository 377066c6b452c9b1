import { createHash } from "node:crypto";

import type { Provisioner } from "../types";

export interface ProvisionerPage {
  provisioners: Provisioner[];
  /** Empty at the end. */
  nextCursor: string;
}

const defaultLimit = 20;
const maximumLimit = 100;

/**
 * Provisioners in the order that they came, in step-ca's pages: each has a uid of 40 hexadecimal digits that begins with its
 * number, and a cursor is the uid of the next one without leading zeros.
 */
export class ProvisionerCollection {
  private readonly entries: { uid: string; provisioner: Provisioner }[] = [];
  private count = 0;

  all(): Provisioner[] {
    return this.entries.map(({ provisioner }) => structuredClone(provisioner));
  }

  /** False when the name is taken. */
  add(provisioner: Provisioner): boolean {
    if (this.entries.some((entry) => entry.provisioner.name === provisioner.name)) return false;
    const order = (this.count++).toString(16).padStart(8, "0");
    const id = createHash("sha1").update(`${provisioner.type}/${provisioner.name}`).digest("hex");
    this.entries.push({ uid: order + id.slice(8), provisioner: structuredClone(provisioner) });
    return true;
  }

  /** Changes it in its place; false when there is none of that name. */
  update(provisioner: Provisioner): boolean {
    const entry = this.entries.find((one) => one.provisioner.name === provisioner.name);
    if (entry !== undefined) entry.provisioner = structuredClone(provisioner);
    return entry !== undefined;
  }

  /** False when there is none of that name. */
  remove(name: string): boolean {
    const index = this.entries.findIndex((entry) => entry.provisioner.name === name);
    if (index >= 0) this.entries.splice(index, 1);
    return index >= 0;
  }

  /** `limit` of 0 or less: 20. More than 100 are never given. */
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
