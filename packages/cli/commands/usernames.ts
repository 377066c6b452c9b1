/** Reports user names, collisions, and users who cannot log in. See `--help`. */
import { main } from "../common/terminal";
import type * as graph from "../usernames/graph";
import { run } from "../usernames/run";

main((argv, terminal) =>
  run(argv, terminal, (options) => {
    // Loaded lazily: loading the Azure libraries takes longer than a report on thousands of users.
    // eslint-disable-next-line @typescript-eslint/no-require-imports
    const { graphDirectory } = require("../usernames/graph") as typeof graph;
    return graphDirectory(options);
  }),
);
