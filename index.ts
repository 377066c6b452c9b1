import path from "node:path";
import { RunError } from "@pulumi/pulumi";
import { deploy, findStaleSource } from "@smallstep-ssh/stack";

/** The repository root, seen from dist/program. `npm run build` bundles the program there, because one file loads several times faster. */
const root = path.join(__dirname, "../..");

/** The program that `pulumi up` runs. Its result becomes the stack's outputs. */
export = () => {
  const changed = findStaleSource(root, "dist/built");
  if (changed === undefined) return deploy();
  throw new RunError(`${changed} is newer than the build in dist/. Run \`npm run build\` (\`npm ci\` runs it too)`);
};
