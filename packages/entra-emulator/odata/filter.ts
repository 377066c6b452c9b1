import { badRequest, GraphError } from "../http/reply";
import { isObject } from "../json";
import type { Entity } from "../state/types";

type Predicate = (entity: Entity) => boolean;
type Reader = (entity: Entity) => unknown;
type Literal = string | number | boolean | null;

/** Parsed OData `$filter`. Supports eq, ne, gt, ge, lt, le, in, startsWith, endsWith, any, and, or, not. */
interface Filter {
  matches: Predicate;
  /** Whether the filter uses an operator that Graph supports only with `ConsistencyLevel: eventual` and `$count=true`. */
  advanced: boolean;
}

const operators: Record<string, (value: unknown, wanted: Literal) => boolean> = {
  eq: isEqual,
  ne: (value, wanted) => !isEqual(value, wanted),
  gt: (value, wanted) => comparable(value) > comparable(wanted),
  ge: (value, wanted) => comparable(value) >= comparable(wanted),
  lt: (value, wanted) => comparable(value) < comparable(wanted),
  le: (value, wanted) => comparable(value) <= comparable(wanted),
};
const affixes: Record<string, (value: string, part: string) => boolean> = {
  startswith: (value, part) => value.startsWith(part),
  endswith: (value, part) => value.endsWith(part),
};
const advancedOperators = ["ne", "not", "endswith"];

/**
 * Parses a filter. `isProperty` returns whether a property exists.
 * Throws Graph's 400 for an unknown property or an unsupported operator.
 */
export function parseFilter(text: string, isProperty: (property: string) => boolean): Filter {
  const pattern = /'(?:[^']|'')*'|[(),]|[^\s'(),]+/g;
  const tokens = text.match(pattern) ?? [];
  const rest = text.replace(pattern, "").trim();
  if (rest !== "") throw invalid(`There is an unterminated literal in '${text}'.`);
  const advanced = tokens.some((token) => advancedOperators.includes(token.toLowerCase()));

  const take = (wanted: string): boolean => tokens[0]?.toLowerCase() === wanted && tokens.shift() !== undefined;
  const expect = (wanted: string): void => {
    if (!take(wanted)) throw invalid(`Syntax error: '${wanted}' expected in the filter.`);
  };
  const next = (): string => {
    const token = tokens.shift();
    if (token === undefined) throw invalid("Syntax error: the filter ends too early.");
    return token;
  };
  function separated<T>(separator: string, read: () => T): T[] {
    const all = [read()];
    while (take(separator)) all.push(read());
    return all;
  }

  function either(): Predicate {
    const terms = separated("or", both);
    return (entity) => terms.some((term) => term(entity));
  }

  function both(): Predicate {
    const terms = separated("and", unary);
    return (entity) => terms.every((term) => term(entity));
  }

  function unary(): Predicate {
    if (take("not")) {
      const inner = unary();
      return (entity) => !inner(entity);
    }
    if (take("(")) {
      const inner = either();
      expect(")");
      return inner;
    }
    const word = next();
    const affix = affixes[word.toLowerCase()];
    if (affix) return affixTerm(affix);
    if (/\/any$/i.test(word)) return anyTerm(property(word.slice(0, -4)));
    return comparison(property(word));
  }

  function affixTerm(holds: (value: string, part: string) => boolean): Predicate {
    expect("(");
    const read = property(next());
    expect(",");
    const part = literal();
    expect(")");
    if (typeof part !== "string") throw invalid("startsWith and endsWith need a string in quotes.");
    return (entity) => {
      const value = read(entity);
      return typeof value === "string" && holds(value.toLowerCase(), part.toLowerCase());
    };
  }

  /** Parses the rest of `tags/any(t:t eq 'x')` and `passwordCredentials/any(p:p/keyId eq 'x')`. */
  function anyTerm(read: Reader): Predicate {
    expect("(");
    let lambda = next();
    if (lambda.endsWith(":")) lambda += next();
    const path = lambda.split("/").slice(1);
    if (!take("eq")) throw unsupported("Only 'eq' is supported inside any().");
    const wanted = literal();
    expect(")");
    return (entity) => {
      const values = read(entity);
      return Array.isArray(values) && values.some((one) => isEqual(path.reduce(member, one), wanted));
    };
  }

  function comparison(read: Reader): Predicate {
    const operator = next().toLowerCase();
    if (operator === "in") {
      expect("(");
      const wanted = separated(",", literal);
      expect(")");
      return (entity) => wanted.some((one) => isEqual(read(entity), one));
    }
    const holds = operators[operator];
    if (!holds) throw unsupported(`The operator '${operator}' is not supported.`);
    const wanted = literal();
    return (entity) => holds(read(entity), wanted);
  }

  function property(path: string): Reader {
    const [first = "", ...members] = path.split("/");
    if (!isProperty(first)) throw invalid(`Could not find a property named '${first}'.`);
    return (entity) => members.reduce<unknown>(member, entity[first]);
  }

  function literal(): Literal {
    const token = next();
    if (token.startsWith("'")) return token.slice(1, -1).replaceAll("''", "'");
    const word = token.toLowerCase();
    if (word === "null") return null;
    if (word === "true" || word === "false") return word === "true";
    if (/^-?\d+(\.\d+)?$/.test(word)) return Number(word);
    if (/^[0-9a-f]{8}-|^\d{4}-\d\d-\d\d/.test(word)) return token;
    throw invalid(`'${token}' is not a literal; strings need quotes.`);
  }

  const matches = either();
  if (tokens[0] !== undefined) throw invalid(`Syntax error: unexpected '${tokens[0]}' in the filter.`);
  return { matches, advanced };
}

/** Compares two values. Like Graph, ignores the case of strings. */
function isEqual(value: unknown, wanted: Literal): boolean {
  if (typeof value === "string" && typeof wanted === "string") return value.toLowerCase() === wanted.toLowerCase();
  return (value ?? null) === wanted;
}

/** Returns a time as milliseconds and any other value as text. */
function comparable(value: unknown): string | number {
  const text = String(value ?? "");
  return /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : text;
}

function member(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined;
}

function invalid(message: string): GraphError {
  return badRequest(`Invalid filter clause: ${message}`);
}

function unsupported(message: string): GraphError {
  return new GraphError(400, "Request_UnsupportedQuery", message);
}
