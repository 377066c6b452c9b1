import { execFileSync } from "node:child_process";
import path from "node:path";

/** Compiles the program, the plugin, the policy pack, the Job's program and the stand-ins, because tests start them. */
export default function setup(): void {
  const root = path.join(__dirname, "../..");
  execFileSync("npm", ["run", "--silent", "build:sandbox"], { cwd: root, stdio: "inherit" });
}
