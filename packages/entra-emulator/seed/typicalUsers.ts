import type { UserSeed } from "./seed";

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
export const typicalUsers: UserSeed[] = names.map((displayName, index) => {
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
