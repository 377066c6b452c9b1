import {
  compile,
  ExpressionError,
  type AttributeLookup,
  type Evaluator,
  attributeLookup,
  gradeOf,
  graphProperty,
  type DirectoryUser,
  type PeopleWriter,
  type PersonText,
} from "entra-mappings";
import { isMap, type PropertyMap, type PropertyValue } from "../../host/types";
import { attributesIn, parseSource } from "./mapping";

/** Change of a user's name. */
export interface Rename {
  user: PersonText;
  before: PersonText;
  after: PersonText;
}

/** Effect of changed mappings on users. */
export interface Impact {
  /** Number of enabled users who are provisioned: direct members of assigned groups. */
  users: number;
  /** Whether messages may list the users. */
  lists: boolean;
  /** Users who get another user name, and therefore a new account on every host. */
  renamed: Rename[];
  /** Users who can log in before the change but not after it. */
  lockedOut: { user: PersonText; why: string }[];
}

/** Values in the SCIM directory that a login needs. */
interface Account {
  name: string | null;
  email: string | null;
  active: boolean;
}

type Rule = (lookup: AttributeLookup) => string | null;

/** Mappings that decide whether a user can log in: user name, email and active. */
class LoginMappings {
  readonly attributes: string[] = [];
  private readonly name: Rule;
  private readonly email: Rule;
  private readonly active: Rule;

  /** @throws ExpressionError for an unsupported expression */
  constructor(mappings: PropertyMap) {
    const of = (isTarget: (target: string) => boolean): Rule => {
      const found = Object.entries(mappings).find(([target]) => isTarget(target));
      return found === undefined ? () => null : this.rule(found[1]);
    };
    this.name = of((target) => target === "userName");
    this.email = of((target) => /^emails\b/.test(target));
    this.active = of((target) => target === "active");
  }

  account(user: DirectoryUser): Account {
    const lookup = attributeLookup(user);
    return {
      name: this.name(lookup),
      email: this.email(lookup),
      active: this.active(lookup)?.toLowerCase() !== "false",
    };
  }

  private rule(mapping: PropertyValue | undefined): Rule {
    if (!isMap(mapping)) return () => null;
    const fallback = typeof mapping["default"] === "string" && mapping["default"] !== "" ? mapping["default"] : null;
    const tree = parseSource(mapping);
    if (tree === undefined) return () => fallback;
    this.attributes.push(...attributesIn(tree));
    const evaluate = compile(tree);
    return (lookup) => evaluateText(evaluate, lookup) ?? fallback;
  }
}

/** Evaluates an expression. Returns null on an error, because Entra then does not provision the user. */
function evaluateText(evaluate: Evaluator, lookup: AttributeLookup): string | null {
  try {
    const value = evaluate(lookup);
    const text = Array.isArray(value) ? value.join(";") : value;
    return text === "" ? null : text;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return null;
  }
}

/** Compares the accounts of users under two sets of mappings, one user at a time. */
export class ImpactCounter {
  /** Graph properties to read for each user. */
  readonly properties: string[];
  private readonly before: LoginMappings;
  private readonly after: LoginMappings;
  private readonly impact: Impact;
  /** Users by lower-case name, because SCIM compares names case-insensitively. */
  private readonly holdersBefore = new Map<string, PersonText[]>();
  private readonly holdersAfter = new Map<string, PersonText[]>();

  /** @throws ExpressionError for an unsupported expression */
  constructor(
    before: PropertyMap,
    after: PropertyMap,
    private readonly people: PeopleWriter,
  ) {
    this.impact = { users: 0, lists: people.lists, renamed: [], lockedOut: [] };
    this.before = new LoginMappings(before);
    this.after = new LoginMappings(after);
    const attributes = [...this.before.attributes, ...this.after.attributes];
    this.properties = [...new Set(["userPrincipalName", "accountEnabled", ...attributes.map(graphProperty)])];
  }

  add(user: DirectoryUser): void {
    if (user.accountEnabled === false) return;
    const { people } = this;
    const label = people.user(user);
    const [was, is] = [this.before.account(user), this.after.account(user)];
    this.impact.users++;
    if (was.name !== null && is.name !== null && was.name !== is.name) {
      this.impact.renamed.push({ user: label, before: people.name(was.name), after: people.name(is.name) });
    }
    const why = problemOf(is, people);
    if (why !== undefined && problemOf(was, people) === undefined) this.impact.lockedOut.push({ user: label, why });
    addHolder(this.holdersBefore, was.name, label);
    if (why === undefined) addHolder(this.holdersAfter, is.name, label);
  }

  finish(): Impact {
    const shared = new Set([...this.holdersBefore.values()].filter((users) => users.length > 1).flat());
    for (const [name, users] of this.holdersAfter) {
      // Entra creates an account only for the first user, and the order is unknown. Count all but one.
      const [, ...others] = users.filter((user) => !shared.has(user));
      for (const user of others)
        this.impact.lockedOut.push({ user, why: `shares the user name ${this.people.name(name)} with another user` });
    }
    return this.impact;
  }
}

function addHolder(holders: Map<string, PersonText[]>, name: string | null, label: PersonText): void {
  if (name === null) return;
  const key = name.toLowerCase();
  const users = holders.get(key);
  if (users === undefined) holders.set(key, [label]);
  else users.push(label);
}

function problemOf({ name, email, active }: Account, people: PeopleWriter): string | undefined {
  if (name === null) return "gets no user name";
  if (gradeOf(name) === "refused") return `gets a user name that hosts reject: ${JSON.stringify(people.name(name))}`;
  if (email === null) return "gets no email";
  return active ? undefined : "is not active";
}
