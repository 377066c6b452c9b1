import type { GroupSeed } from "./seed";

function corp(...localParts: string[]): string[] {
  return localParts.map((name) => `${name}@corp.com`);
}

/** Groups of the default tenant. A deployment can use platform-ssh and platform-sudo as `existing` groups. */
export const seedGroups: GroupSeed[] = [
  {
    displayName: "platform-ssh",
    description: "Engineers who log in to hosts",
    members: corp(
      "bill.gates",
      "ada.lovelace",
      "anne-marie.dupont",
      "conan.o'brien",
      "josé.núñez",
      "Grace.Hopper",
      "3d.printing",
      "no.mail",
      "disabled.early",
      "zoe",
    ),
    groups: ["contractors"],
    owners: corp("ada.lovelace"),
  },
  {
    displayName: "platform-sudo",
    description: "Engineers who may become root",
    members: corp("ada.lovelace", "Grace.Hopper"),
    owners: corp("ada.lovelace"),
  },
  { displayName: "contractors", description: "External staff", members: corp("carol.contractor", "dan.contractor") },
  {
    displayName: "All Employees",
    groupTypes: ["DynamicMembership"],
    membershipRule: '(user.userType -eq "Member")',
    membershipRuleProcessingState: "On",
    description: "Everybody",
  },
  {
    displayName: "Engineering Team",
    description: "Mailbox and files of Engineering",
    groupTypes: ["Unified"],
    mailEnabled: true,
    securityEnabled: false,
    members: corp("ada.lovelace", "bill.gates"),
  },
  // Two groups with the same name: a lookup by name must fail.
  { displayName: "operators", description: "Operators, Europe", members: corp("zoe") },
  { displayName: "operators", description: "Operators, America", members: corp("max") },
];
