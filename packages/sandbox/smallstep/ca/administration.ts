import { timingSafeEqual } from "node:crypto";
import express, { Router, type Request, type Response } from "express";

import type { Provisioner } from "./types";

/** The CA rejected a request with the HTTP status `status`. */
export class RejectedRequest extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Returns the part of Smallstep's platform that the admin tools call. `POST /authorities/ID/provisioners` adds a provisioner, `PUT`
 * updates it in place. Both require the token as bearer. `add` and `update` throw RejectedRequest to reject.
 */
export function administration(options: {
  authorityId: string;
  token: string;
  add: (provisioner: Provisioner) => Promise<void>;
  /** Updates the provisioner of the same name in place. Throws RejectedRequest if it does not exist. */
  update: (provisioner: Provisioner) => Promise<void>;
}): Router {
  const router = Router();
  router.post("/authorities/:id/provisioners", express.json(), (request, response) =>
    change(request, response, options.add, 201),
  );
  router.put("/authorities/:id/provisioners", express.json(), (request, response) =>
    change(request, response, options.update, 200),
  );
  return router;

  async function change(
    request: Request,
    response: Response,
    apply: (provisioner: Provisioner) => Promise<void>,
    status: number,
  ): Promise<void> {
    if (!sameText(request.headers.authorization ?? "", `Bearer ${options.token}`)) {
      return refuse(response, 401, "missing authorization");
    }
    const { id } = request.params;
    if (id !== options.authorityId) return refuse(response, 404, `authority ${String(id)} was not found`);
    const provisioner = request.body as Provisioner;
    const problem = problemOf(provisioner);
    if (problem !== undefined) return refuse(response, 400, problem);
    try {
      await apply(provisioner);
    } catch (error) {
      if (!(error instanceof RejectedRequest)) throw error;
      return refuse(response, error.status, error.message);
    }
    response.status(status).json(provisioner);
  }
}

/** Writes an error response in step-ca's form. */
export function refuse(response: Response, status: number, message: string): void {
  response.status(status).json({ status, message });
}

/** Returns the first violated requirement that step-ca checks for a provisioner, or undefined. */
function problemOf(provisioner: Provisioner): string | undefined {
  if (!provisioner?.type) return "provisioner type cannot be empty";
  if (!provisioner.name) return "provisioner name cannot be empty";
  if (provisioner.type !== "OIDC") return undefined;
  if (!provisioner["clientID"]) return "clientID cannot be empty";
  if (!provisioner["configurationEndpoint"]) return "configurationEndpoint cannot be empty";
  return undefined;
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
