/** An action at a request. */
export interface Action {
  /** Index of the request, from 0. */
  at: number;
  when: "before" | "after";
  act(): void;
  /** Whether the action kills the caller, so that its connection is lost. */
  killsCaller: boolean;
}

/**
 * Counter of the requests to Graph, the database and Kubernetes in the order of their arrival. It acts at one request,
 * either before the request is processed or between its processing and its response.
 */
export class Trigger {
  private count = 0;
  private armed: Action | undefined;

  arm(action: Action): void {
    this.count = 0;
    this.armed = action;
  }

  /** Restarts the count at 0 and removes the action. */
  reset(): void {
    this.count = 0;
    this.armed = undefined;
  }

  /** Number of requests since the last `arm` or `reset`. */
  get seen(): number {
    return this.count;
  }

  /** Counts one request, runs the action if it is due, and returns how to handle the request. */
  next(): "pass" | "drop" | "dropResponse" {
    const number = this.count++;
    if (this.armed === undefined || number !== this.armed.at) return "pass";
    const { when, act, killsCaller } = this.armed;
    this.armed = undefined;
    if (!killsCaller) {
      act();
      return "pass";
    }
    // A proxy cannot see when the server has processed the request, so it discards the response. The effect is the
    // same.
    if (when === "before") act();
    else setTimeout(act, 30);
    return when === "before" ? "drop" : "dropResponse";
  }
}
