import { LineCounter, parseDocument } from "yaml";

import { checkSeed } from "./checkSeed";
import { defaultTenant, type TenantSeed } from "./tenant";

/** All problems of a tenant seed. The message has one problem on each line. */
export class TenantSeedError extends Error {
  override readonly name = "TenantSeedError";

  constructor(
    /** One sentence for each problem, with the path of the value and the allowed values. */
    readonly problems: readonly string[],
  ) {
    super(problems.join("\n"));
  }
}

/**
 * Parses a tenant seed from JSON or YAML. Default of `tenantId`: the tenant id of `defaultTenant`; of `users` and `groups`: none.
 * @throws TenantSeedError with all problems
 */
export function parseTenantSeed(text: string): TenantSeed {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  if (document.errors.length > 0) {
    throw new TenantSeedError(
      document.errors.map(({ message, pos: [start] }) => {
        const { line, col } = lines.linePos(start);
        return `Line ${line}, column ${col}: ${message}`;
      }),
    );
  }
  const value: unknown = document.toJS();
  const problems = checkSeed(value);
  if (problems.length > 0) throw new TenantSeedError(problems);
  return {
    tenantId: defaultTenant.tenantId,
    users: [],
    groups: [],
    ...(value as Pick<TenantSeed, "displayName" | "domains">),
  };
}
