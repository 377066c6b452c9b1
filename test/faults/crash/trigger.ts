/** What happens at a request. */
export interface Action {
  /** Which request, from 0. */
  at: number;
  when: "before" | "after";
  act(): void;
  /** Whether it happens to those who ask, so that the connection is lost with them. */
  killsCaller: boolean;
}

/**
 * Counts the requests that Graph, the database and Kubernetes get, in the order in which they come, and acts at one of them: before it
 * is processed, or after that and before its answer.
 */
export class Trigger {
  private count = 0;
  private armed: Action | undefined;

  arm(action: Action): void {
    this.count = 0;
    this.armed = action;
  }

  /** Counts on from 0 and acts no more. */
  reset(): void {
    this.count = 0;
    this.armed = undefined;
  }

  /** Requests since then. */
  get seen(): number {
    return this.count;
  }

  /** One more request: whether it is the one before whose processing to act. */
  next(): "pass" | "drop" | "dropResponse" {
    const number = this.count++;
    if (this.armed === undefined || number !== this.armed.at) return "pass";
    const { when, act, killsCaller } = this.armed;
    this.armed = undefined;
    if (!killsCaller) {
      act();
      return "pass";
    }
    // A gate cannot see when the other side is done: it holds the answer back, which comes to the same.
    if (when === "before") act();
    else setTimeout(act, 30);
    return when === "before" ? "drop" : "dropResponse";
  }
}
