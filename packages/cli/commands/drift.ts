/** Reports changes made outside the stack. See `--help`. */
import { main } from "../common/terminal";
import { run } from "../drift/run";
import type * as engine from "../engine/stack";

main((argv, terminal) =>
  run(argv, terminal, process.env, async (options) => {
    // Loaded lazily, here and in the other commands: loading it takes longer than printing the help.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const { collectEvents, openStack } = require("../engine/stack") as typeof engine;
    const stack = await openStack(options);
    return collectEvents((handlers) => stack.previewRefresh(handlers));
  }),
);
