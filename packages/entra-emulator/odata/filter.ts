import { badRequest, GraphError } from "../http/reply";
import type { Entity } from "../state/types";

type Predicate = (entity: Entity) => boolean;

interface Token {
  kind: "word" | "string" | "punctuation";
  text: string;
}

/** Parsed OData `$filter`. Supports eq, ne, ge, le, in, startsWith, endsWith, any, and, or, not. */
export interface Filter {
  matches: Predicate;
  /** Whether the filter uses an operator that Graph supports only with `ConsistencyLevel: eventual` and `$count=true`. */
  advanced: boolean;
}

/**
 * Parses a filter. `known` returns whether a property exists.
 * Throws Graph's 400 for an unknown property or an unsupported operator.
 */
export function parseFilter(text: string, isProperty: (property: string) => boolean): Filter {
  const parser = new FilterParser(tokenize(text), isProperty);
  const matches = parser.parse();
  return { matches, advanced: parser.advanced };
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern = /\s*(?:'((?:[^']|'')*)'|([(),:])|([^\s'(),:]+(?::[^\s'(),]+)*))/gy;
  let end = 0;
  for (let hit = pattern.exec(text); hit; hit = pattern.exec(text)) {
    end = pattern.lastIndex;
    if (hit[1] !== undefined) tokens.push({ kind: "string", text: hit[1].replaceAll("''", "'") });
    else if (hit[2] !== undefined) tokens.push({ kind: "punctuation", text: hit[2] });
    else tokens.push({ kind: "word", text: hit[3] ?? "" });
  }
  if (text.slice(end).trim() !== "") throw invalid(`There is an unterminated literal at position ${end} in '${text}'.`);
  return tokens;
}

class FilterParser {
  advanced = false;
  private position = 0;

  constructor(
    private readonly tokens: Token[],
    private readonly isProperty: (property: string) => boolean,
  ) {}

  parse(): Predicate {
    const predicate = this.or();
    const rest = this.tokens[this.position];
    if (rest) throw invalid(`Syntax error: unexpected '${rest.text}' in the filter.`);
    return predicate;
  }

  private or(): Predicate {
    let left = this.and();
    while (this.take("or")) {
      const [a, b] = [left, this.and()];
      left = (entity) => a(entity) || b(entity);
    }
    return left;
  }

  private and(): Predicate {
    let left = this.unary();
    while (this.take("and")) {
      const [a, b] = [left, this.unary()];
      left = (entity) => a(entity) && b(entity);
    }
    return left;
  }

  private unary(): Predicate {
    if (this.take("not")) {
      this.advanced = true;
      const inner = this.unary();
      return (entity) => !inner(entity);
    }
    if (this.take("(")) {
      const inner = this.or();
      this.expect(")");
      return inner;
    }
    const word = this.next();
    const name = word.text.toLowerCase();
    if (name === "startswith" || name === "endswith") return this.affix(name);
    if (/\/any$/i.test(word.text)) return this.any(word.text.slice(0, -4));
    return this.comparison(this.property(word.text));
  }

  private affix(name: "startswith" | "endswith"): Predicate {
    if (name === "endswith") this.advanced = true;
    this.expect("(");
    const read = this.property(this.next().text);
    this.expect(",");
    const part = this.literal();
    this.expect(")");
    if (typeof part !== "string") throw invalid(`${name} needs a string in quotes.`);
    const wanted = part.toLowerCase();
    return (entity) => {
      const value = read(entity);
      if (typeof value !== "string") return false;
      return name === "startswith" ? value.toLowerCase().startsWith(wanted) : value.toLowerCase().endsWith(wanted);
    };
  }

  /** Parses `tags/any(t:t eq 'x')` and `passwordCredentials/any(p:p/keyId eq 'x')`. */
  private any(collection: string): Predicate {
    const read = this.property(collection);
    this.expect("(");
    const lambda = this.next().text;
    const [variable, operand] = lambda.includes(":") ? lambda.split(":") : [lambda, this.afterColon()];
    const path = operand === variable ? null : (operand ?? "").slice((variable ?? "").length + 1);
    if (!this.take("eq")) throw unsupported("Only 'eq' is supported inside any().");
    const wanted = this.literal();
    this.expect(")");
    return (entity) => {
      const values = read(entity);
      return (
        Array.isArray(values) &&
        values.some((value) => isEqual(path === null ? value : (value as Record<string, unknown>)[path], wanted))
      );
    };
  }

  private afterColon(): string {
    this.expect(":");
    return this.next().text;
  }

  private comparison(read: (entity: Entity) => unknown): Predicate {
    const operator = this.next().text.toLowerCase();
    if (operator === "in") {
      this.expect("(");
      const wanted: unknown[] = [this.literal()];
      while (this.take(",")) wanted.push(this.literal());
      this.expect(")");
      return (entity) => wanted.some((one) => isEqual(read(entity), one));
    }
    const wanted = this.literal();
    switch (operator) {
      case "eq":
        return (entity) => isEqual(read(entity), wanted);
      case "ne":
        this.advanced = true;
        return (entity) => !isEqual(read(entity), wanted);
      case "ge":
        return (entity) => String(read(entity) ?? "") >= String(wanted);
      case "le":
        return (entity) => String(read(entity) ?? "") <= String(wanted);
      default:
        throw unsupported(`The operator '${operator}' is not supported.`);
    }
  }

  private property(path: string): (entity: Entity) => unknown {
    const [first = "", ...rest] = path.split("/");
    if (!this.isProperty(first)) throw invalid(`Could not find a property named '${first}'.`);
    return (entity) =>
      rest.reduce<unknown>((value, key) => (value as Record<string, unknown> | null)?.[key], entity[first]);
  }

  private literal(): string | number | boolean | null {
    const token = this.next();
    if (token.kind === "string") return token.text;
    const text = token.text.toLowerCase();
    if (text === "null") return null;
    if (text === "true" || text === "false") return text === "true";
    if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
    if (/^[0-9a-f]{8}-|^\d{4}-\d\d-\d\d/.test(text)) return token.text;
    throw invalid(`Invalid filter clause: '${token.text}' is not a literal; strings need quotes.`);
  }

  private next(): Token {
    const token = this.tokens[this.position++];
    if (!token) throw invalid("Syntax error: the filter ends too early.");
    return token;
  }

  private take(text: string): boolean {
    const token = this.tokens[this.position];
    if (!token || token.kind === "string" || token.text.toLowerCase() !== text) return false;
    this.position++;
    return true;
  }

  private expect(text: string): void {
    if (!this.take(text)) throw invalid(`Syntax error: '${text}' expected in the filter.`);
  }
}

/** Compares two values. Like Graph, ignores the case of strings. */
function isEqual(value: unknown, wanted: unknown): boolean {
  if (typeof value === "string" && typeof wanted === "string") return value.toLowerCase() === wanted.toLowerCase();
  return (value ?? null) === wanted;
}

function invalid(message: string): GraphError {
  return badRequest(`Invalid filter clause: ${message}`);
}

function unsupported(message: string): GraphError {
  return new GraphError(400, "Request_UnsupportedQuery", message);
}
