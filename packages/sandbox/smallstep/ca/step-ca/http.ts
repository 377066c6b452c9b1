import { request } from "node:https";

export interface Answer {
  status: number;
  body: Record<string, unknown>;
}

/**
 * Sends a request to step-ca, whose certificate must be issued by `ca` (PEM). All responses are JSON, including errors. Rejects if no
 * response arrives within 30 seconds.
 */
export function call(
  ca: string,
  method: string,
  url: string,
  given: { body?: unknown; authorization?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const headers = {
      "content-type": "application/json",
      ...(given.authorization === undefined ? {} : { authorization: given.authorization }),
    };
    const sent = request(url, { method, ca, headers, agent: false, timeout: 30_000 }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part: string) => (text += part));
      response.on("error", reject);
      response.on("end", () => {
        try {
          resolve({ status: response.statusCode ?? 0, body: JSON.parse(text || "{}") as Answer["body"] });
        } catch {
          reject(new Error(`${method} ${url}: the response is not JSON`));
        }
      });
    });
    sent.on("timeout", () => sent.destroy(new Error(`${method} ${url}: no response within 30 s`)));
    sent.on("error", reject);
    sent.end(given.body === undefined ? undefined : JSON.stringify(given.body));
  });
}

/** Returns the message of an error response. The admin API uses another field than the rest of step-ca. */
export function messageOf({ status, body }: Answer): string {
  return String(body["message"] ?? body["detail"] ?? `the CA returned ${status}`);
}
