/**
 * Generates a directory of any size, reproducible by its seed. It resembles real ones: numbered namesakes within a domain, collisions
 * across domains, capital letters, diacritics, guests, users without mail, and disabled accounts.
 */
import { closeSync, openSync, writeSync } from "node:fs";

const given = (
  "Mary James Anna Maria Wei Fatima José Zoë Łukasz Björn Søren Ivan Olga Amélie François Jürgen Käthe Aisha Omar Yuki " +
  "Hiroshi Priya Rahul Chen Li Mei João Beatriz Camila Mateo Sofía Lucas Emma Olivia Noah Liam Elena Dmitri Nikolai Ewa " +
  "Agnieszka Piotr Katarzyna Tomáš Jiří Zsófia Gábor Răzvan Ioana Ömer Ayşe Mehmet Giulia Marco Chiara Luca Ingrid Lars " +
  "Astrid Freya Siobhán Seán Niamh Rhys Megan Owen Kwame Ama Chidi Ngozi Thabo Lerato Ahmed Layla Hassan Noor Ravi Anjali " +
  "Arjun Deepa Sanjay Lakshmi Minh Linh Thuy Somchai Siti Budi Dewi Jun Haruka Kenji Sakura Min-jun Seo-yeon Bill Jane"
).split(" ");
const family = (
  "Smith Jones Müller Schmidt Schäfer García Rodríguez Núñez Silva Santos Ferreira Gonçalves Dupont Lefèvre Moreau Rossi " +
  "Esposito Nowak Kowalski Wójcik Novák Svoboda Dvořák Nagy Kovács Popescu Ionescu Yılmaz Şahin Öztürk Ivanova Petrov " +
  "Smirnova Kuznetsov Andersson Jørgensen Åkesson Hansen O'Brien O'Sullivan MacDonald Lloyd-Jones Van-der-Berg Mensah Okafor " +
  "Nkosi Dlamini Hussein Al-Farsi Haddad Khan Patel Sharma Gupta Singh Reddy Iyer Nguyen Tran Pham Wang Zhang Liu Chen Yang " +
  "Huang Zhao Wu Tanaka Suzuki Watanabe Yamamoto Kim Park Choi Tan Lim Wong Santoso Wijaya Gates Brown Taylor Wilson Davies " +
  "Evans Thomas Roberts Walker Wright Robinson Thompson White Hughes Edwards Green Hall Wood Harris Clarke Jackson Turner"
).split(" ");
const domains = ["contoso.com", "contoso.com", "contoso.com", "contoso.de", "fabrikam.example"];

/** Mulberry32, a small seeded random generator with sufficiently uniform results. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const plain = (name: string) =>
  name
    .normalize("NFD")
    .replace(/[\u0300-\u036f']/g, "")
    .replaceAll("ø", "o")
    .replaceAll("Ø", "O")
    .replaceAll("ł", "l")
    .replaceAll("Ł", "L")
    .replaceAll("ı", "i");
const hex = (random: () => number, digits: number) =>
  Math.floor(random() * 16 ** digits)
    .toString(16)
    .padStart(digits, "0");

/** Generates users as Microsoft Graph returns them for the report's `$select`, plus their names. */
export function* generateUsers(count: number, seed = 1): Generator<Record<string, unknown>> {
  const random = seeded(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const asciiGiven = new Map(given.map((name) => [name, plain(name)]));
  const asciiFamily = new Map(family.map((name) => [name, plain(name)]));
  const namesakes = new Map<string, number>();
  for (let n = 0; n < count; n++) {
    const [givenName, surname, domain] = [pick(given), pick(family), pick(domains)];
    const middle = random() < 0.4 ? `.${String.fromCharCode(65 + Math.floor(random() * 26))}` : "";
    const local = `${asciiGiven.get(givenName) ?? ""}${middle}.${asciiFamily.get(surname) ?? ""}`;
    // Namesakes are numbered across the tenant, except those of an acquired company with its own domain.
    const joined = random() < 0.005;
    const earlier = namesakes.get(local) ?? 0;
    if (!joined) namesakes.set(local, earlier + 1);
    const number = earlier === 0 ? "" : String(joined ? 1 + Math.floor(random() * earlier) : earlier + 1);
    const capitals = random() < 0.3;
    const own = `${capitals ? local : local.toLowerCase()}${number}`;
    const guest = random() < 0.02;
    const [mailed, enabled] = [random() >= 0.01, random() >= 0.04];
    yield {
      id: `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-a${hex(random, 3)}-${hex(random, 6)}${hex(random, 6)}`,
      userPrincipalName: guest
        ? `${own}_partner.example#EXT#@contoso.onmicrosoft.com`
        : `${own}@${joined ? "acquired.example" : domain}`,
      mail: mailed ? `${own.toLowerCase()}@${guest ? "partner.example" : domain}` : null,
      displayName: `${givenName} ${surname}`,
      givenName,
      surname,
      accountEnabled: enabled,
      userType: guest ? "Guest" : "Member",
    };
  }
}

/** A file format for users. */
export interface Writing {
  /** First line of the file. Undefined: none. */
  readonly heading?: string;
  line(person: Readonly<Record<string, unknown>>): string;
}

export const jsonLines: Writing = { line: (person) => JSON.stringify(person) };

const columns = "id,userPrincipalName,mail,displayName,givenName,surname,accountEnabled,userType".split(",");

/** CSV as PowerShell exports it, with every value in quotes. */
export const csv: Writing = {
  heading: columns.map(quoted).join(","),
  line: (person) => columns.map((name) => quoted(person[name])).join(","),
};

function quoted(value: unknown): string {
  const text = typeof value === "boolean" ? (value ? "True" : "False") : typeof value === "string" ? value : "";
  return `"${text.replaceAll('"', '""')}"`;
}

/** Writes users to a file, one per line. Returns the size of the file in bytes. */
export function writeUsers(file: string, { heading, line }: Writing, count: number, seed?: number): number {
  const handle = openSync(file, "w");
  let size = 0;
  try {
    let lines: string[] = heading === undefined ? [] : [`${heading}\n`];
    const flush = () => {
      size += writeSync(handle, lines.join(""));
      lines = [];
    };
    for (const person of generateUsers(count, seed)) {
      lines.push(`${line(person)}\n`);
      if (lines.length >= 10_000) flush();
    }
    flush();
  } finally {
    closeSync(handle);
  }
  return size;
}
