import { errorReply, notFound, type Reply } from "./reply";

/** Keeps the response that each URL returned before the last change, as a lagging replica would return it. */
export class StaleReads {
  private readonly last = new Map<string, Reply>();
  private readonly previous = new Map<string, Reply>();

  /** Records a processed request. A read stores its response; a successful change marks all stored responses as stale. */
  remember(method: string, url: URL, reply: Reply): void {
    if (method === "GET") {
      // Copy deeply, because responses share objects with the state and later changes modify these objects.
      if (reply.status === 200) this.last.set(url.href, structuredClone(reply));
    } else if (reply.status < 300) {
      for (const [address, answer] of this.last) this.previous.set(address, answer);
    }
  }

  before(url: URL, requestId: string): Reply {
    return this.previous.get(url.href) ?? errorReply(notFound(url.pathname.split("/").at(-1) ?? ""), requestId);
  }
}
