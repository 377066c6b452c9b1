import type { Credentials } from "./credentials";

/** Returns the sign-in endpoint of the cloud. If only a metadata host is configured, users sign in at that host. */
export function loginEndpoint({ environment, metadataHost }: Credentials): string {
  const host = metadataHost ?? process.env["ARM_METADATA_HOSTNAME"];
  if (host !== undefined && host !== "") return `https://${String(host)}`;
  switch (String(environment ?? process.env["ARM_ENVIRONMENT"] ?? "public").toLowerCase()) {
    case "usgovernment":
    case "usgovernmentl4":
    case "dod":
    case "usgovernmentl5":
      return "https://login.microsoftonline.us";
    case "china":
      return "https://login.partner.microsoftonline.cn";
    default:
      return "https://login.microsoftonline.com";
  }
}
