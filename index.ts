import path from "node:path";
import { RunError } from "@pulumi/pulumi";
import { deploy } from "./stack";
import { findStaleSource } from "./stack/built";

/** From dist/program, where `npm run build` puts this: Node.js reads one file there several times as fast as all modules. */
const root = path.join(__dirname, "../..");

/** What `pulumi up` runs; its result becomes the stack's outputs. */
export = () => {
  const changed = findStaleSource(root, "dist/built");
  if (changed === undefined) return deploy();
  throw new RunError(
    `${changed} was changed after dist/ was made of it: run \`npm run build\`, which \`npm ci\` does by itself`,
  );
};
