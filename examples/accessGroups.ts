/** Only the groups: one made here, one that exists already. */
import { AccessGroups } from "../components/accessGroups";

export = () => {
  const access = new AccessGroups("access", {
    groups: [{ create: "ssh" }, { existing: { displayName: "platform-ssh" } }],
  });
  return { groups: access.objectIds };
};
