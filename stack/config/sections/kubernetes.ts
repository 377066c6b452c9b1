import * as z from "zod";
import { dnsLabel, flag, imageReference, text, wholeNumber } from "../fields";

export const kubernetes = z
  .strictObject({
    context: text("the name of a context of the kubeconfig", 253)
      .optional()
      .describe(
        "Context of the kubeconfig, which selects the cluster in which the Job runs. A change recreates the Job's objects in the new cluster. Default: the current context.",
      ),
    namespace: dnsLabel("the namespace of the Job")
      .default("smallstep")
      .describe("Existing namespace in which the Job runs."),
    adminToolsImage: imageReference("the admin-tools image").describe(
      "Container image with `manage-provisioners` and a shell, as deployed in the Smallstep installation. Required.",
    ),
    nodeImage: imageReference("a Node.js image")
      .default("docker.io/library/node:24-alpine")
      .describe("Node.js image for the other steps of the Job."),
    adminToolsUser: wholeNumber(0, 2_147_483_647)
      .default(65532)
      .describe(
        "User id of the admin-tools container. Use 0 (root) only for an image that requires it: a namespace that enforces the " +
          "`restricted` Pod Security Standard rejects root.",
      ),
    adminToolsReadOnlyRootFilesystem: flag
      .default(true)
      .describe(
        "Whether the root file system of the admin-tools container is read-only. The container can always write to `/work`.",
      ),
  })
  .describe("Where the registration Job runs.");
