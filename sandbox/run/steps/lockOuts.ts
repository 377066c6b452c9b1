import type { Run } from "../scenario";
import { asConfig, sandboxSettings } from "../settings";
import { pullRequest } from "./review";

/** What would lock people out is refused at preview, in words that say how to do it all the same; nothing is changed. */
export async function lockOuts(run: Run): Promise<void> {
  const { stack, checks, world } = run;
  const before = world.graph.requests.all().length;
  // Without the password: the Automation API hands settings over on the command line.
  const { database: _database, ...usual } = sandboxSettings(world);
  const configure = async (change: object) => {
    // By paths, entries of a longer list would stay.
    await stack.removeConfig("groups");
    await stack.setConfig(asConfig({ ...usual, ...change }));
  };
  const previewed = async (change: object) => {
    await configure(change);
    try {
      return { ...(await stack.preview()), refused: "" };
    } catch (error) {
      return { steps: [], diagnostics: "", refused: error instanceof Error ? error.message : String(error) };
    } finally {
      await configure({ mapping: { preset: "upn-local-part" }, safeguards: { maxRenamedPercent: 10 } });
    }
  };

  const preset = { mapping: { preset: "local-part-without-dots" } };
  const renamed = await previewed(preset);
  checks.assert(
    "a mapping that renames most people is refused",
    /safeguards\.maxRenamedPercent of the stack\) to \d+/.test(renamed.refused),
    firstLine(renamed.refused, /people get another name/),
  );
  const meant = await previewed({ ...preset, safeguards: { maxRenamedPercent: 100 } });
  checks.equal(
    "with the limit lifted, the preview names the property",
    meant.steps.find(({ type }) => type === "usersync:entra:AttributeMappings")?.diffs,
    ["mappings.userName.expression"],
  );
  checks.assert("it says who is renamed", meant.diagnostics.includes("bill.gates@corp.com: bill.gates -> billgates"));

  await configure({ ...preset, safeguards: { maxRenamedPercent: 100 } });
  await pullRequest(run, "local-part-without-dots");
  await configure({ mapping: { preset: "upn-local-part" }, safeguards: { maxRenamedPercent: 10 } });

  const [, sudo, existing] = usual.groups;
  const dropped = await previewed({ groups: [sudo, existing] });
  checks.assert(
    "a group that is the only one of many people is not dropped",
    /safeguards\.maxLockedOutPercent of the stack\) to \d+/.test(dropped.refused),
    firstLine(dropped.refused, /no longer assigned/),
  );

  const foreign = await previewed({ scim: { directoryId: world.smallstep.otherDirectory.id } });
  checks.assert(
    "another team's directory is refused",
    /safeguards\.allowSharedDirectory allows it/.test(foreign.refused),
    firstLine(foreign.refused, /is that of team/),
  );
  const writes = world.graph.requests
    .all()
    .slice(before)
    .filter(({ method, path }) => method !== "GET" && !path.endsWith("/token"));
  checks.equal("nothing was changed", writes.length, 0);
}

function firstLine(text: string, pattern: RegExp): string {
  return (
    text
      .split("\n")
      .find((line) => pattern.test(line))
      ?.trim()
      .slice(0, 150) ?? text.slice(0, 300)
  );
}
