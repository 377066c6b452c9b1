import path from "node:path";
import { deploy, findStaleSource, runError } from "@smallstep-ssh/stack";

/** The repository root, seen from stack/dist: `npm run build` bundles the program there, because one file loads several times faster. */
const root = path.join(__dirname, "../..");

/** What `pulumi up` runs. Its result becomes the outputs of the stack. */
export = () => {
  const changed = findStaleSource(root, "stack/dist/built");
  if (changed === undefined) return deploy();
  throw runError(`${changed} has changed since the last build. Run \`npm run build\` (\`npm ci\` runs it too).`);
};
