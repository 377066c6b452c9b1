/** UPNs in the tenant's default domain. */
export function corp(...localParts: string[]): string[] {
  return localParts.map((name) => `${name}@corp.com`);
}
