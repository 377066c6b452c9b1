import express, { type Router, type RequestHandler, type Response } from "express";

import { generateTestSecret } from "entra-emulator/testing";
import { RejectedRequest, type Provisioner, type ProvisionerChanges } from "./types";

/**
 * Returns the part of Smallstep's platform that the admin tools call, and the token that it requires as bearer.
 * `POST /authorities/ID/provisioners` adds a provisioner, `PUT` updates it in place.
 */
export function administration(
  authorityId: string,
  { add, update }: Pick<ProvisionerChanges, "add" | "update">,
): { router: Router; token: string } {
  const token = generateTestSecret();
  const change =
    (apply: (provisioner: Provisioner) => Promise<void>, status: number): RequestHandler<{ id: string }> =>
    async (request, response) => {
      if (request.headers.authorization !== `Bearer ${token}`) return refuse(response, 401, "missing authorization");
      const { id } = request.params;
      if (id !== authorityId) return refuse(response, 404, `authority ${id} was not found`);
      const provisioner: Provisioner = request.body;
      const problem = problemOf(provisioner);
      if (problem !== undefined) return refuse(response, 400, problem);
      try {
        await apply(provisioner);
      } catch (error) {
        if (!(error instanceof RejectedRequest)) throw error;
        return refuse(response, error.status, error.message);
      }
      response.status(status).json(provisioner);
    };
  const router = express.Router();
  router.route("/authorities/:id/provisioners").all(express.json()).post(change(add, 201)).put(change(update, 200));
  return { router, token };
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
