/** Who gets which account name, who collides, who cannot log in. `--help` says the rest. */
import { main } from "./common/terminal";
import type * as graph from "./usernames/graph";
import { run } from "./usernames/run";

main((argv, terminal) =>
  run(argv, terminal, (options) => {
    // Loaded only when needed: the Azure libraries take longer than a report on thousands of people.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const { graphDirectory } = require("./usernames/graph") as typeof graph;
    return graphDirectory(options);
  }),
);
