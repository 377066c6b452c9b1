import { createHmac, randomBytes } from "node:crypto";
import { labelOf, type DirectoryUser } from "./user";

/**
 * How outputs show people. `names`: names and addresses. `counts`: numbers only. `pseudonyms`: each person and each user name has a
 * stable pseudonym.
 */
export const peopleModes = ["names", "counts", "pseudonyms"] as const;
export type PeopleMode = (typeof peopleModes)[number];

/** Minimum length of the key for pseudonyms, in characters. A random key of this length cannot be guessed. */
export const minimumPseudonymKey = 32;

declare const written: unique symbol;
/** A text about a person in the form that the mode allows. Only a {@link PeopleWriter} creates it. */
export type PersonText = string & { readonly [written]: true };

/** Writes everything that names a person. Reports and messages are created with it, so that no renderer holds another form. */
export interface PeopleWriter {
  readonly mode: PeopleMode;
  /** Whether outputs may list people one by one. */
  readonly lists: boolean;
  /** Returns the label of a user. Equal labels, also in another case, stay equal. */
  user(user: DirectoryUser): PersonText;
  /** Returns a user name that is derived from a person. Equal names, also in another case, stay equal. */
  name(name: string): PersonText;
  /** Returns a text that may quote a person, such as a message of a service, or else the general text. */
  quote(text: string, general: string): PersonText;
}

const plain: PeopleWriter = {
  mode: "names",
  lists: true,
  user: (user) => labelOf(user) as PersonText,
  name: (name) => name as PersonText,
  quote: (text) => text as PersonText,
};

/**
 * Creates the writer of a mode. Pseudonyms are keyed hashes: they are the same in every run with the same key, and a guessed name cannot
 * be confirmed without the key. `counts` uses a key that is never stored, so that a person who is not omitted is still not named.
 * @param key secret of at least 32 characters; required for `pseudonyms`, otherwise ignored
 * @throws RangeError if the key is missing or too short
 */
export function peopleWriter(mode: PeopleMode = "names", key = ""): PeopleWriter {
  if (mode === "names") return plain;
  if (mode === "pseudonyms" && key.length < minimumPseudonymKey) {
    throw new RangeError(`Pseudonyms need a key of at least ${minimumPseudonymKey} characters.`);
  }
  const secret = mode === "pseudonyms" ? key : randomBytes(32);
  const pseudonym = (kind: "user" | "name", text: string) => {
    const hash = createHmac("sha256", secret).update(`${kind}:${text.toLowerCase()}`).digest("hex");
    return `${kind}-${hash.slice(0, 16)}` as PersonText;
  };
  return {
    mode,
    lists: mode === "pseudonyms",
    user: (user) => pseudonym("user", labelOf(user)),
    name: (name) => pseudonym("name", name),
    quote: (_, general) => general as PersonText,
  };
}
