import { errorReply, notFound, type Reply } from "./reply";

/** Keeps, for each address, the answer that it gave before the last change: what a lagging replica would still say. */
export class StaleReads {
  private readonly last = new Map<string, Reply>();
  private readonly previous = new Map<string, Reply>();

  /** After each processed request: a read is remembered, a successful change makes what is remembered old. */
  remember(method: string, url: URL, reply: Reply): void {
    if (method === "GET") {
      // A deep copy: answers share objects with the state that later changes alter in place.
      if (reply.status === 200) this.last.set(url.href, structuredClone(reply));
    } else if (reply.status < 300) {
      for (const [address, answer] of this.last) this.previous.set(address, answer);
    }
  }

  before(url: URL, requestId: string): Reply {
    return this.previous.get(url.href) ?? errorReply(notFound(url.pathname.split("/").at(-1) ?? ""), requestId);
  }
}
