// Bundles the program of the registration Job into one file: it travels in a ConfigMap and runs on a plain Node.js image.
import { build } from "esbuild";

await build({
  entryPoints: ["job/main.ts"],
  outfile: "dist/job/registration.cjs",
  bundle: true,
  platform: "node",
  target: "node20",
  format: "cjs",
  // Readable in the cluster, but small: a ConfigMap holds 1 MiB at most.
  minifyWhitespace: true,
  minifySyntax: true,
  // Optional parts of pg that the image does not have.
  external: ["pg-native", "cloudflare:sockets", "pg-cloudflare"],
  logLevel: "warning",
});
