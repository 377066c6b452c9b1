/** Previews a stack for the reviewers of a pull request. See `--help`. */
import type * as program from "@smallstep-ssh/stack";
import { main } from "../common/terminal";
import { outputsByTeam } from "../engine/outputs";
import type * as engine from "../engine/stack";
import { run } from "../preview/run";

main((argv, terminal) =>
  run(argv, terminal, process.env, async (options) => {
    /* eslint-disable @typescript-eslint/no-require-imports */
    const { collectEvents, openStack } = require("../engine/stack") as typeof engine;
    const { deploy } = require("@smallstep-ssh/stack") as typeof program;
    /* eslint-enable @typescript-eslint/no-require-imports */
    const usernames: program.ReviewedUsernames[] = [];
    const jobIds: Record<string, string> = {};
    const review: program.PreviewReview = { jobIds, usernames: (found) => void usernames.push(found) };
    const stack = await openStack({ ...options, program: () => deploy({ review }) });
    for (const [team, { jobId }] of Object.entries(outputsByTeam(await stack.outputs()))) {
      if (typeof jobId === "string") jobIds[team] = jobId;
    }
    const result = await collectEvents((handlers) => stack.preview(handlers));
    return { ...result, usernames };
  }),
);
