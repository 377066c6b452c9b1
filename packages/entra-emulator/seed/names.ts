/** Returns UPNs in the default domain corp.com. */
export function corp(...localParts: string[]): string[] {
  return localParts.map((name) => `${name}@corp.com`);
}
