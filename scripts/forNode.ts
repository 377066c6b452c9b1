import type { BuildOptions } from "esbuild";

/** How esbuild makes one file of a program and all that it uses, for the oldest Node.js that is supported. */
export const forNode = {
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  // Optional parts of pg, which none of the programs uses.
  external: ["pg-native", "cloudflare:sockets", "pg-cloudflare"],
  logLevel: "warning",
} satisfies BuildOptions;
