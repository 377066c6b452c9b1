import type { GroupSeed, TenantSeed, UserSeed } from "./seed";

const long = "wolfeschlegelsteinhausenbergerdorff-hubert-blaine";

/** Creates a member whose mail equals the UPN. `other` overrides any property. */
function member(
  localPart: string,
  givenName: string,
  surname: string,
  { domain = "corp.com", ...other }: Partial<UserSeed> & { domain?: string } = {},
): UserSeed {
  const userPrincipalName = `${localPart}@${domain}`;
  const displayName = `${givenName} ${surname}`.trim();
  return { userPrincipalName, displayName, givenName, surname, mail: userPrincipalName, usageLocation: "US", ...other };
}

/** Creates a guest who accepted an invitation to `mail`. */
function guest(mail: string, givenName: string, surname: string): UserSeed {
  return {
    userPrincipalName: `${mail.replace("@", "_")}#EXT#@corpsandbox.onmicrosoft.com`,
    displayName: `${givenName} ${surname}`,
    givenName,
    surname,
    mail,
    userType: "Guest",
    creationType: "Invitation",
    externalUserState: "Accepted",
  };
}

/** Users with names as in real directories. Each name causes an edge case in mappings, POSIX names or sign-in. */
const edgeCaseUsers: UserSeed[] = [
  member("bill.gates", "Bill", "Gates", { jobTitle: "Founder", department: "Executive", employeeId: "1" }),
  member("ada.lovelace", "Ada", "Lovelace", {
    jobTitle: "Engineer",
    department: "Engineering",
    manager: "bill.gates@corp.com",
  }),
  // Uppercase letters.
  member("Grace.Hopper", "Grace", "Hopper", { jobTitle: "Rear Admiral", manager: "bill.gates@corp.com" }),
  member("JSMITH", "John", "Smith"),
  // Hyphens, also as the first character.
  member("anne-marie.dupont", "Anne-Marie", "Dupont", { preferredLanguage: "fr-FR" }),
  member("jean-luc", "Jean-Luc", "Picard"),
  member("-dash", "Dash", "Board"),
  // Apostrophes must be escaped in a filter and are invalid in POSIX names.
  member("conan.o'brien", "Conan", "O'Brien"),
  member("d'artagnan", "Charles", "d'Artagnan"),
  // Accents, other scripts, and letters that transliterate to two letters.
  member("josé.núñez", "José", "Núñez", { mail: "jose.nunez@corp.com", preferredLanguage: "es-ES" }),
  member("jürgen.groß", "Jürgen", "Groß", { mail: "juergen.gross@corp.com", preferredLanguage: "de-DE" }),
  member("søren.ærø", "Søren", "Ærø", { mail: "soren@corp.com" }),
  member("łukasz", "Łukasz", "Żółw", { mail: "lukasz@corp.com" }),
  member("иван", "Иван", "Петров", { mail: "ivan.petrov@corp.com" }),
  // A leading digit, and digits only.
  member("3d.printing", "3D", "Printing"),
  member("007", "James", "Bond"),
  // Other characters that are valid in a UPN.
  member("under_score", "Under", "Score"),
  member("plus+tag", "Plus", "Tag"),
  member("tilde~hash!", "Odd", "Signs"),
  member("a", "Ay", "Single"),
  member("..dots..", "Dotty", "Dots", { mail: "dots@corp.com" }),
  // Longer than the maximum length of a login name.
  member(long, "Hubert Blaine", "Wolfeschlegelsteinhausenbergerdorff", { mail: "hubert@corp.com" }),
  // Names of existing system accounts.
  member("root", "Rooty", "Root"),
  member("nobody", "No", "Body"),
  member("Postgres", "Post", "Gres"),
  // Two users with the same local part in different domains.
  member("chris.lee", "Chris", "Lee"),
  member("chris.lee", "Christine", "Lee", { domain: "emea.corp.com" }),
  // Names that collide when a mapping uses initial and surname, or removes dots.
  member("bob.gates", "Bob", "Gates"),
  member("bgates", "Brenda", "Gates"),
  member("billgates", "Billy", "Gates"),
  // Differs from JSMITH only in case.
  member("jsmith", "Jane", "Smith", { domain: "emea.corp.com" }),
  // No mail: the ID token contains no email, so login fails.
  member("no.mail", "Nora", "Mail", { mail: null }),
  member("svc.build", "", "", { mail: null, displayName: "Build service account", givenName: null, surname: null }),
  // Mail that differs from the UPN.
  member("ep12345", "Erik", "Petersen", { mail: "erik.petersen@emea.corp.com", employeeId: "12345" }),
  member("maria.garcia", "María", "García", { mail: "m.garcia-lopez@partner.example" }),
  // Disabled before the first cycle, so they are never provisioned.
  member("disabled.early", "Dis", "Abled", { accountEnabled: false }),
  member("left.company", "Left", "Company", { accountEnabled: false }),
  // Only a given name, or only a surname.
  member("zoe", "Zoë", "", { surname: null, displayName: "Zoë" }),
  member("max", "", "Mustermann", { givenName: null, displayName: "Mustermann" }),
  // Members of the nested group.
  member("carol.contractor", "Carol", "Contractor", { companyName: "Example Contractors" }),
  member("dan.contractor", "Dan", "Contractor", { companyName: "Example Contractors" }),
  // Guests.
  guest("frieda.gast@partner.example", "Frieda", "Gast"),
  guest("under_score_guest@other-partner.example", "Una", "Score"),
];

const departments = ["Engineering", "Operations", "Finance", "Support"] as const;
const offices = [
  { city: "Berlin", country: "Germany", state: "Berlin", postalCode: "10115", streetAddress: "Chausseestr. 1" },
  { city: "San Francisco", country: "United States", state: "CA", postalCode: "94105", streetAddress: "1 Market St" },
  { city: "London", country: "United Kingdom", state: null, postalCode: "EC1A 1BB", streetAddress: "1 King Edward St" },
] as const;

const names = [
  "Alan Turing, Barbara Liskov, Claude Shannon, Donald Knuth, Edsger Dijkstra, Frances Allen",
  "Guido Rossum, Hedy Lamarr, Ivan Sutherland, Joan Clarke, Ken Thompson, Leslie Lamport",
  "Margaret Hamilton, Niklaus Wirth, Ole Dahl, Peter Naur, Radia Perlman, Sophie Wilson",
  "Tim Lee, Vint Cerf, Whitfield Diffie, Yukihiro Matsumoto, Katherine Johnson, Linus Torvalds",
].flatMap((row) => row.split(", "));

/** Users with complete properties and UPNs of the form first.last. */
const typicalUsers: UserSeed[] = names.map((displayName, index) => {
  const [givenName = "", surname = ""] = displayName.split(" ");
  const userPrincipalName = `${givenName}.${surname}@corp.com`.toLowerCase();
  const office = offices[index % offices.length];
  return {
    userPrincipalName,
    displayName,
    givenName,
    surname,
    mail: userPrincipalName,
    jobTitle: index % 5 === 0 ? "Lead" : "Engineer",
    department: departments[index % departments.length],
    employeeId: String(1000 + index),
    businessPhones: [`+1 555 01${String(index).padStart(2, "0")}`],
    mobilePhone: `+1 555 02${String(index).padStart(2, "0")}`,
    faxNumber: index % 3 === 0 ? `+1 555 03${String(index).padStart(2, "0")}` : null,
    officeLocation: office?.city === "Berlin" ? "Haus 3" : null,
    preferredLanguage: index % 3 === 0 ? "de-DE" : "en-US",
    usageLocation: "US",
    ...office,
    manager: "bill.gates@corp.com",
  };
});

function corp(...localParts: string[]): string[] {
  return localParts.map((name) => `${name}@corp.com`);
}

/** Groups of the default tenant. A deployment can use platform-ssh and platform-sudo as `existing` groups. */
const groups: GroupSeed[] = [
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

/** The default tenant: users with typical and edge-case names, and groups. */
export const defaultTenant = {
  tenantId: "7d0c4e7c-2a58-4b0e-9c43-1f6a6f2f8d51",
  displayName: "Corp",
  domains: ["corp.com", "emea.corp.com", "corpsandbox.onmicrosoft.com"],
  users: [...edgeCaseUsers, ...typicalUsers],
  groups,
} satisfies TenantSeed;
