import { z } from "zod";

import { guid, objectTypes } from "../state/types";

const domainName = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z0-9-]{2,}$/i;
const upn = z.string().regex(/^[^@]+@[^@]+$/, "must be a name and a domain, such as ada@contoso.com");
const names = z.array(z.string()).readonly().optional();

/** An initial user. `manager` is a UPN. */
const user = objectTypes.user.extend({ userPrincipalName: upn, manager: z.string().optional() });

/** An initial group. `members` and `owners` are UPNs; `groups` are the display names of nested groups. */
const group = objectTypes.group
  .partial({ mailNickname: true })
  .extend({ members: names, owners: names, groups: names });

/** Initial content of a tenant. */
export const tenantSeed = z.strictObject({
  /** Default: the tenant id of `defaultTenant`. */
  tenantId: guid.optional(),
  displayName: z.string().min(1),
  /** Domain names. The first is the default domain. One must end in .onmicrosoft.com. */
  domains: z.array(z.string().regex(domainName, "must be a domain name such as contoso.com")).min(1).readonly(),
  users: z.array(user).readonly().optional(),
  groups: z.array(group).readonly().optional(),
});

export type UserSeed = z.input<typeof user>;
export type GroupSeed = z.input<typeof group>;
export type TenantSeed = z.input<typeof tenantSeed>;
