// @ts-check

/**
 * Options with which esbuild bundles a program and its imports, for the oldest supported Node.js.
 * @satisfies {import("esbuild").BuildOptions}
 */
export const nodeOptions = {
  bundle: true,
  platform: "node",
  target: "node22",
  format: "cjs",
  conditions: ["source"],
  // Optional dependencies of pg, which no program uses.
  external: ["pg-native", "cloudflare:sockets", "pg-cloudflare"],
  logLevel: "warning",
};
