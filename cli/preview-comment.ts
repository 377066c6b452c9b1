/** Previews a stack for the people who review a pull request. `--help` says the rest. */
import type * as program from "../stack";
import { main } from "./common/terminal";
import type * as engine from "./engine/stack";
import type { Usernames } from "./preview/report";
import { run } from "./preview/run";

main((argv, terminal) =>
  run(argv, terminal, process.env, async (options) => {
    /* eslint-disable @typescript-eslint/no-require-imports */
    const { listen, openStack } = require("./engine/stack") as typeof engine;
    const { deploy } = require("../stack") as typeof program;
    /* eslint-enable @typescript-eslint/no-require-imports */
    let usernames: Usernames | undefined;
    const review: program.Review = { usernames: (found) => void (usernames = found) };
    const stack = await openStack({ ...options, program: () => deploy({ review }) });
    const { jobId } = await stack.outputs();
    if (typeof jobId?.value === "string") review.jobId = jobId.value;
    const told = await listen((handlers) => stack.preview(handlers));
    return { ...told, ...(usernames === undefined ? {} : { usernames }) };
  }),
);
