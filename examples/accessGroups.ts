/** Only the groups: one made here, one that exists already. */
import { AccessGroups } from "../components/accessGroups";

export = () => {
  const access = new AccessGroups("access", { groups: [{ create: "ssh" }, { adopt: "platform-ssh" }] });
  return { groups: access.objectIds };
};
