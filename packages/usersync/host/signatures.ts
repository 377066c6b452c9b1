/**
 * Key that marks a map as a special value on the wire. The value of the key, one of the constants below, is its kind.
 * Source: sdk/go/common/resource/properties.go and plugin/rpc.go in pulumi/pulumi.
 */
export const SIGNATURE = "4dabf18193072939515e22adb298388d";
export const SECRET = "1b47061264138c4ac30d75fd1eb44270";
export const RESOURCE_REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e";
export const OUTPUT_VALUE = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

/** Sentinel that the plugin sends for an unknown value of any type. */
export const UNKNOWN_VALUE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Sentinels that the plugin may receive, for: any, boolean, number, array, asset, archive, object. */
export const UNKNOWN_VALUES: ReadonlySet<string> = new Set([
  UNKNOWN_VALUE,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/**
 * Returns whether a string equals one of the markers above. The engine would misread such a string as the marked value.
 */
export function isReservedValue(text: string): boolean {
  return UNKNOWN_VALUES.has(text) || [SIGNATURE, SECRET, RESOURCE_REFERENCE, OUTPUT_VALUE].includes(text);
}
