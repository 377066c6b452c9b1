import { appendFile } from "node:fs/promises";
import { printableText } from "@smallstep-ssh/usersync/output";

/** Appends Markdown to the job summary of GitHub Actions. Does nothing if GITHUB_STEP_SUMMARY is not set. */
export async function addSummary(markdown: string, env: NodeJS.ProcessEnv): Promise<void> {
  const file = env["GITHUB_STEP_SUMMARY"];
  if (file) await appendFile(file, printableText(`${markdown}\n`));
}

/** Returns a link to the current CI run, as one line of Markdown. Empty outside CI. */
export function ciRunLink(env: NodeJS.ProcessEnv): string {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
  const { SYSTEM_COLLECTIONURI: collection, SYSTEM_TEAMPROJECT: project, BUILD_BUILDID: build } = env;
  const url =
    server && repository && run
      ? `${server}/${repository}/actions/runs/${run}`
      : collection && project && build
        ? `${collection}${encodeURIComponent(project)}/_build/results?buildId=${build}`
        : undefined;
  return url === undefined ? "" : `<sub>[run](${url})</sub>`;
}
