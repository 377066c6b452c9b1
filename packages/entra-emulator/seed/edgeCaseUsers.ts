import type { UserSeed } from "./seed";

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
export const edgeCaseUsers: UserSeed[] = [
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
