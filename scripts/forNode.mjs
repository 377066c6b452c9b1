// @ts-check

/**
 * Options with which esbuild makes one file of a program and its imports, for the oldest supported Node.js.
 * @satisfies {import("esbuild").BuildOptions}
 */
export const forNode = {
  bundle: true,
  platform: "node",
  target: "node22",
  format: "cjs",
  // Optional parts of pg, which none of the programs uses.
  external: ["pg-native", "cloudflare:sockets", "pg-cloudflare"],
  logLevel: "warning",
};
