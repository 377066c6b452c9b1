/** Declares the groups only: one that the stack creates and one that already exists. */
import { AccessGroups } from "@smallstep-ssh/components";

export = () => {
  const access = new AccessGroups("access", {
    groups: [{ create: "ssh" }, { existing: { displayName: "platform-ssh" } }],
  });
  return { groups: access.objectIds };
};
