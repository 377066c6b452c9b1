import { shorten } from "../json";
import type { GraphSettings } from "./settings";

/** Why Entra ID issued no token. */
export interface SignInFailure {
  /** Completes "Entra ID issued no token: ". */
  reason: string;
  /** Each later sign-in of the process fails too. */
  isFinal: boolean;
}

/** What to correct, by the number of Entra's error. Source: https://learn.microsoft.com/entra/identity-platform/reference-error-codes */
const remedies: readonly (readonly [numbers: readonly string[], remedy: string])[] = [
  [["7000215", "7000222"], "correct clientSecret (ARM_CLIENT_SECRET)"],
  [["700016", "90002", "900021", "900023"], "correct clientId (ARM_CLIENT_ID) and tenantId (ARM_TENANT_ID)"],
  [
    ["70021", "700211", "700212", "700213"],
    "correct the federated credential of the app registration: its issuer, subject and audience are those of the token",
  ],
];

/** Explains a description of Entra's error: without its times and ids, of which the trace id remains for an error without a remedy. */
export function refusalReason(description: string): string {
  const [text = ""] = description.split(/\s*(?:Trace ID:|\r?\n)/, 1);
  const [, number = ""] = /^AADSTS(\d+)/.exec(text) ?? [];
  const remedy = remedies.find(([numbers]) => numbers.includes(number))?.[1];
  const [, trace] = /Trace ID: (\S+)/.exec(description) ?? [];
  const end = remedy === undefined ? (trace === undefined ? "" : ` (trace id ${trace})`) : `; ${remedy}`;
  return `${shorten(text)}${end}`;
}

/** Explains why the Azure CLI, which signs in if no other credential is set, returned no token. */
export function cliFailure({ clientId }: GraphSettings, error: unknown): SignInFailure {
  const others = "clientSecret (ARM_CLIENT_SECRET), useOidc (ARM_USE_OIDC) or useMsi (ARM_USE_MSI)";
  const cause = clientId === undefined ? `without ${others}` : `clientId (ARM_CLIENT_ID) is set without ${others}, so`;
  const text = error instanceof Error ? error.message : String(error);
  const [isMissing, isSignedOut] = [/could not be found/.test(text), /az login/.test(text)];
  const state = isMissing
    ? "which is not installed"
    : isSignedOut
      ? "which is not signed in: run `az login`"
      : `which failed: ${text}`;
  return { reason: `${cause} the Azure CLI signs in, ${state}`, isFinal: isMissing || isSignedOut };
}
