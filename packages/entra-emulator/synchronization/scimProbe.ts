import { request } from "node:https";
import { rootCertificates } from "node:tls";

/** Response of a SCIM endpoint. `status` 0: there was no HTTP response, and `text` contains the reason. */
export interface ScimAnswer {
  status: number;
  body: unknown;
  /** Raw body for messages. */
  text: string;
}

const timeoutMs = 30_000;

/**
 * Sends one request of the provisioning service to a SCIM endpoint. Never rejects: a connection failure has status 0.
 * Allows only HTTPS. Trusts `trustedCa` (PEM) in addition to the public authorities.
 */
export function scimRequest(
  trustedCa: string,
  token: string,
  method: string,
  url: string,
  body?: unknown,
): Promise<ScimAnswer> {
  return new Promise((resolve) => {
    const failed = (reason: string): void => resolve({ status: 0, body: undefined, text: reason });
    let target: URL;
    try {
      target = new URL(url);
    } catch {
      return failed(`'${url}' is not a URL.`);
    }
    if (target.protocol !== "https:") return failed("The Tenant URL must start with https://.");
    const payload = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
    const call = request(
      target,
      {
        method,
        ca: [...rootCertificates, trustedCa],
        minVersion: "TLSv1.2",
        timeout: timeoutMs,
        headers: {
          authorization: `Bearer ${token}`,
          accept: "application/scim+json",
          "user-agent": "AzureAD",
          ...(payload
            ? { "content-type": "application/scim+json; charset=utf-8", "content-length": String(payload.length) }
            : {}),
        },
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", (error) => failed(error.message));
        response.on("end", () => {
          const text = Buffer.concat(chunks).toString("utf8");
          resolve({ status: response.statusCode ?? 0, body: readJson(text), text });
        });
      },
    );
    call.on("timeout", () => call.destroy(new Error(`No answer within ${timeoutMs / 1000} s.`)));
    call.on("error", (error) => failed(error.message));
    call.end(payload);
  });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Returns a URL below the Tenant URL. Drops the query of the Tenant URL, because it contains flags for the service only. */
export function scimUrl(baseAddress: string, path: string, query: Record<string, string> = {}): string {
  const base = baseAddress.split("?")[0]?.replace(/\/+$/, "") ?? "";
  const search = Object.entries(query)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join("&");
  return `${base}/${path}${search === "" ? "" : `?${search}`}`;
}

export function quoted(value: string): string {
  return JSON.stringify(value);
}
