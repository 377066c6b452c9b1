import type { UserSeed } from "./users";

const long = "wolfeschlegelsteinhausenbergerdorff-hubert-blaine";

/** A member of the default domain whose mail is the UPN, unless said otherwise. */
function member(localPart: string, givenName: string, surname: string, other: Partial<UserSeed> = {}): UserSeed {
  const userPrincipalName = `${localPart}@${other["domain"] === undefined ? "corp.com" : String(other["domain"])}`;
  const { domain: _domain, ...rest } = other;
  return {
    userPrincipalName,
    displayName: `${givenName} ${surname}`.trim(),
    givenName,
    surname,
    mail: userPrincipalName,
    usageLocation: "US",
    ...rest,
  };
}

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

/** Names as real directories have them: each is here because something breaks on it. */
export const awkwardUsers: UserSeed[] = [
  member("bill.gates", "Bill", "Gates", { jobTitle: "Founder", department: "Executive", employeeId: "1" }),
  member("ada.lovelace", "Ada", "Lovelace", {
    jobTitle: "Engineer",
    department: "Engineering",
    manager: "bill.gates@corp.com",
  }),
  // Capitals.
  member("Grace.Hopper", "Grace", "Hopper", { jobTitle: "Rear Admiral", manager: "bill.gates@corp.com" }),
  member("JSMITH", "John", "Smith"),
  // Hyphens, also first and last.
  member("anne-marie.dupont", "Anne-Marie", "Dupont", { preferredLanguage: "fr-FR" }),
  member("jean-luc", "Jean-Luc", "Picard"),
  member("-dash", "Dash", "Board"),
  // Apostrophes: a quote inside a filter, and no POSIX character.
  member("conan.o'brien", "Conan", "O'Brien"),
  member("d'artagnan", "Charles", "d'Artagnan"),
  // Accents, other scripts, and what folds to two letters.
  member("josé.núñez", "José", "Núñez", { mail: "jose.nunez@corp.com", preferredLanguage: "es-ES" }),
  member("jürgen.groß", "Jürgen", "Groß", { mail: "juergen.gross@corp.com", preferredLanguage: "de-DE" }),
  member("søren.ærø", "Søren", "Ærø", { mail: "soren@corp.com" }),
  member("łukasz", "Łukasz", "Żółw", { mail: "lukasz@corp.com" }),
  member("иван", "Иван", "Петров", { mail: "ivan.petrov@corp.com" }),
  // Digits first, digits only.
  member("3d.printing", "3D", "Printing"),
  member("007", "James", "Bond"),
  // Other characters that a UPN may have.
  member("under_score", "Under", "Score"),
  member("plus+tag", "Plus", "Tag"),
  member("tilde~hash!", "Odd", "Signs"),
  member("a", "Ay", "Single"),
  member("..dots..", "Dotty", "Dots", { mail: "dots@corp.com" }),
  // Too long for any login name.
  member(long, "Hubert Blaine", "Wolfeschlegelsteinhausenbergerdorff", { mail: "hubert@corp.com" }),
  // Names that hosts have already.
  member("root", "Rooty", "Root"),
  member("nobody", "No", "Body"),
  member("Postgres", "Post", "Gres"),
  // Two people with one local part in two domains.
  member("chris.lee", "Chris", "Lee"),
  member("chris.lee", "Christine", "Lee", { domain: "emea.corp.com" }),
  // Two who become one in other presets: initial and surname, and dots taken out.
  member("bob.gates", "Bob", "Gates"),
  member("bgates", "Brenda", "Gates"),
  member("billgates", "Billy", "Gates"),
  // Only the case differs from JSMITH.
  member("jsmith", "Jane", "Smith", { domain: "emea.corp.com" }),
  // No mail: the ID token has no email, and login fails.
  member("no.mail", "Nora", "Mail", { mail: null }),
  member("svc.build", "", "", { mail: null, displayName: "Build service account", givenName: null, surname: null }),
  // Mail that has nothing to do with the UPN.
  member("ep12345", "Erik", "Petersen", { mail: "erik.petersen@emea.corp.com", employeeId: "12345" }),
  member("maria.garcia", "María", "García", { mail: "m.garcia-lopez@partner.example" }),
  // Disabled before the first cycle: never provisioned.
  member("disabled.early", "Dis", "Abled", { accountEnabled: false }),
  member("left.company", "Left", "Company", { accountEnabled: false }),
  // Only one name.
  member("zoe", "Zoë", "", { surname: null, displayName: "Zoë" }),
  member("max", "", "Mustermann", { givenName: null, displayName: "Mustermann" }),
  // Members of the nested group.
  member("carol.contractor", "Carol", "Contractor", { companyName: "Example Contractors" }),
  member("dan.contractor", "Dan", "Contractor", { companyName: "Example Contractors" }),
  // Guests.
  guest("frieda.gast@partner.example", "Frieda", "Gast"),
  guest("under_score_guest@other-partner.example", "Una", "Score"),
];
