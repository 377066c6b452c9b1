/** What has changed outside of the stack. `--help` says the rest. */
import { main } from "./common/terminal";
import { run } from "./drift/run";
import { listen, openStack } from "./engine/stack";

main((argv, terminal) =>
  run(argv, terminal, process.env, async (options) => {
    const stack = await openStack(options);
    return listen((handlers) => stack.previewRefresh(handlers));
  }),
);
