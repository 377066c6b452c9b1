import * as z from "zod";
import { dnsLabel, flag, imageReference, text, wholeNumber } from "../fields";

export const kubernetes = z
  .strictObject({
    context: text("the name of a context of the kubeconfig", 253)
      .optional()
      .describe(
        "Context of the kubeconfig: the cluster in which the Job runs. Another one makes its objects anew there. Default: the current one.",
      ),
    namespace: dnsLabel("the namespace of the Job")
      .default("smallstep")
      .describe("Existing namespace in which the Job runs."),
    adminToolsImage: imageReference("the admin-tools image").describe(
      "Image with `manage-provisioners` and a shell, as deployed in the installation. Required.",
    ),
    nodeImage: imageReference("a Node.js image")
      .default("docker.io/library/node:24-alpine")
      .describe("Node.js image for the Job's other steps."),
    adminToolsUser: wholeNumber(0, 2_147_483_647)
      .default(65532)
      .describe(
        "User id that the admin-tools container runs as. 0 (root) for an image that cannot do without: a namespace that enforces the " +
          "`restricted` Pod Security Standard refuses it.",
      ),
    adminToolsReadOnlyRootFilesystem: flag
      .default(true)
      .describe(
        "Whether the admin-tools container's root file system is read-only; it may write to `/work` in any case.",
      ),
  })
  .describe("Where the registration Job runs.");
