import { mkdir, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";
import type { SandboxOptions, SandboxStack } from "@smallstep-ssh/sandbox";
import { nodeOptions } from "../../esbuildOptions.mjs";
import { alternate, median, seconds, type Outcome } from "../measure";
import { bareProgram } from "./bareProgram";
import { withSandbox, type Bench } from "./stacks";

const root = path.join(__dirname, "../../..");
const commands = { preview: "pulumi preview --stack dev", refresh: "pulumi refresh --stack dev --skip-preview" };

/**
 * Compares preview and refresh without changes between our stack and a bare program with the same resources. Runs both as compiled
 * programs from the command line, in alternation, so that background load affects both.
 */
export function benchOverhead({
  rounds,
  plugins,
  latency,
}: {
  rounds: number;
  plugins: SandboxOptions["plugins"];
  latency: number;
}): Promise<Outcome> {
  return withSandbox(async (bench) => {
    const { environment, settings } = bench;
    const ownStack = await bench.stack({ name: "ours" });
    const bare = await bench.stack({
      name: "bare",
      program: bareProgram(settings, environment.smallstep.directory.token),
    });
    await ownStack.up();
    await waitUntilIdle(bench);
    await bare.up();
    const stacks = { ours: ownStack, bare };
    const resources = Object.fromEntries(
      await Promise.all(Object.entries(stacks).map(async ([name, stack]) => [name, await count(stack)] as const)),
    );
    await project(bench, "ours", path.join(root, "stack/dist/program.js"));
    await project(bench, "bare", await bundleBare(bench));
    if (latency > 0) {
      // No latency for the lookup of the cloud's endpoints: a deployment to the public cloud does not need it.
      const path = /^\/(v1\.0|beta)\/|\/token$/;
      environment.graph.faults.inject({ path }, { kind: "slow", milliseconds: latency }, { times: Infinity });
    }
    const tasks = (["preview", "refresh"] as const).flatMap((operation) =>
      (["ours", "bare"] as const).map((name) => [`${operation} ${name}`, () => type(bench, name, commands[operation])]),
    );
    const times = await alternate(Object.fromEntries(tasks) as Record<string, () => Promise<void>>, rounds);
    environment.graph.faults.clear();
    await bare.destroy();
    await ownStack.destroy();
    const of = (name: string) => median(times[name]!);
    return {
      rows: [
        ["provider plugins", bench.plugins],
        ["latency of Microsoft Graph", `${latency} ms`],
        ...Object.keys(times).map((name): [string, string] => [name, seconds(of(name))]),
      ],
      targets: Object.keys(commands).map((operation) => ({
        name: `${operation}: our stack / bare program`,
        value: of(`${operation} ours`) / of(`${operation} bare`),
        unit: "",
        sense: "<=",
        limit: 1.15,
      })),
      figures: { rounds, plugins: bench.plugins, latency, resources, milliseconds: times },
    };
  }, plugins);
}

async function type(bench: Bench, name: string, command: string): Promise<void> {
  const { code, output } = await bench.shell(name).type(command);
  // The engine lists changes before the unchanged resources.
  if (code === 0 && /^Resources:\n +\d+ unchanged$/m.test(output)) return;
  throw new Error(`${command} of ${name} exited with code ${code}; expected no changes:\n${output}`);
}

/** Creates the package that the engine runs in the folder of a stack. */
async function project({ environment }: Bench, name: string, main: string): Promise<void> {
  const folder = path.join(environment.dir, name, "project");
  await writeFile(path.join(folder, "package.json"), JSON.stringify({ name, main: "index.js" }));
  await writeFile(path.join(folder, "index.js"), `module.exports = require(${JSON.stringify(main)});\n`);
  await symlink(path.join(root, "node_modules"), path.join(folder, "node_modules"));
}

/** Bundles the bare program as `npm run build` bundles ours, and writes its settings to a file. */
async function bundleBare({ environment, settings }: Bench): Promise<string> {
  // Below the repository, so that the bundle finds its packages.
  const outfile = path.join(root, "node_modules/.cache/bench/bare.js");
  await mkdir(path.dirname(outfile), { recursive: true });
  const given = path.join(environment.dir, "bare.json");
  await writeFile(given, JSON.stringify([settings, environment.smallstep.directory.token]), { mode: 0o600 });
  const contents = `import { bareProgram } from "./bareProgram";
module.exports = bareProgram(...JSON.parse(require("node:fs").readFileSync(${JSON.stringify(given)}, "utf8")));`;
  await build({
    stdin: { contents, resolveDir: __dirname },
    outfile,
    ...nodeOptions,
    external: [...nodeOptions.external, "@pulumi/*", "@smallstep-ssh/components/registrationJob"],
  });
  return outfile;
}

/** Waits until the Job has switched the team, because before that a refresh correctly reports drift. */
export async function waitUntilIdle({ environment }: Bench): Promise<void> {
  await environment.graph.runCycle();
  for (let attempt = 0; attempt < 600; attempt++) {
    const [row] = await environment.smallstep.query("select ssh_directory_id::text as id from teams where slug = $1", [
      environment.smallstep.team.slug,
    ]);
    if ((row as { id: string | null } | undefined)?.id === environment.smallstep.directory.id) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error("The Job did not switch the team within two minutes.");
}

async function count(stack: SandboxStack): Promise<number> {
  const state = JSON.parse(await stack.stateFile()) as { checkpoint: { latest: { resources: unknown[] } } };
  return state.checkpoint.latest.resources.length;
}
