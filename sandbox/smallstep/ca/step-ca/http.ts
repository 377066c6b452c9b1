import { request } from "node:https";

export interface Answer {
  status: number;
  body: Record<string, unknown>;
}

/** A request to step-ca, which must be able to show a certificate of `ca` (PEM). Its answers are JSON, errors too. */
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
          reject(new Error(`${method} ${url}: the answer is not JSON`));
        }
      });
    });
    sent.on("timeout", () => sent.destroy(new Error(`${method} ${url}: no answer within 30 s`)));
    sent.on("error", reject);
    sent.end(given.body === undefined ? undefined : JSON.stringify(given.body));
  });
}

/** What an error of step-ca says; its administration and the rest have different forms. */
export function messageOf({ status, body }: Answer): string {
  return String(body["message"] ?? body["detail"] ?? `the CA answered ${status}`);
}
