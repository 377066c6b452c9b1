import { timingSafeEqual } from "node:crypto";
import express, { Router, type Request, type Response } from "express";

import type { Provisioner } from "./types";

/** A refusal of the CA, with its HTTP status. */
export class RejectedRequest extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/**
 * What the admin tools talk to, as a part of Smallstep's platform: `POST /authorities/ID/provisioners` with the token as bearer
 * adds, `PUT` changes in place. `add` and `update` throw Refused.
 */
export function administration(options: {
  authorityId: string;
  token: string;
  add: (provisioner: Provisioner) => Promise<void>;
  /** Changes the one of that name in place. Throws Refused when there is none. */
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

/** step-ca's form of an error. */
export function refuse(response: Response, status: number, message: string): void {
  response.status(status).json({ status, message });
}

/** What step-ca requires of a provisioner when it starts. */
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
