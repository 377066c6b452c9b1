import type { Run } from "../run";
import { asConfig, sandboxSettings } from "../settings";
import { recordWrites } from "./queries";
import { pullRequest } from "./review";

/** Checks that preview rejects changes that would lock users out, names the setting that allows them, and changes nothing. */
export async function lockoutGuards(run: Run): Promise<void> {
  const { smallstep, stack, checks } = run;
  const writes = recordWrites(run);
  // Omit the database password: the Automation API passes settings on the command line.
  const { database: _database, ...usual } = sandboxSettings(run);
  const configure = async (change: object) => {
    // Settings are written by path, so the entries of a longer list would stay.
    await stack.removeConfig("groups");
    await stack.setConfig(asConfig({ ...usual, ...change }));
  };
  const previewed = async (change: object) => {
    await configure(change);
    try {
      return { ...(await stack.preview()), errorMessage: "" };
    } catch (error) {
      return { steps: [], diagnostics: "", errorMessage: error instanceof Error ? error.message : String(error) };
    } finally {
      await configure({ mapping: { preset: "upn-local-part" }, safeguards: { maxRenamedPercent: 10 } });
    }
  };

  /** Asserts that preview rejects a change, names the reason, and names the setting that allows the change. */
  const rejected = async (description: string, change: object, setting: RegExp, reason: RegExp) => {
    const { errorMessage } = await previewed(change);
    checks.assert(
      `preview rejects ${description}`,
      setting.test(errorMessage) && reason.test(errorMessage),
      firstLine(errorMessage, reason),
    );
  };

  const preset = { mapping: { preset: "local-part-without-dots" } };
  const renaming = /safeguards\.maxRenamedPercent of the stack\) to \d+/;
  await rejected("a mapping that renames most users", preset, renaming, /users get another name/);
  const cutoverPreview = await previewed({ ...preset, safeguards: { maxRenamedPercent: 100 } });
  checks.equal(
    "with a higher limit, preview names the changed property",
    cutoverPreview.steps.find(({ type }) => type === "usersync:entra:AttributeMappings")?.diffs,
    ["mappings.userName.expression"],
  );
  checks.assert(
    "preview names the renamed users",
    cutoverPreview.diagnostics.includes("bill.gates@corp.com: bill.gates -> billgates"),
  );

  await configure({ ...preset, safeguards: { maxRenamedPercent: 100 } });
  await pullRequest(run, "local-part-without-dots");
  await configure({ mapping: { preset: "upn-local-part" }, safeguards: { maxRenamedPercent: 10 } });

  const groups = { groups: usual.groups.slice(1) };
  const removal = /safeguards\.maxLockedOutPercent of the stack\) to \d+/;
  await rejected("the removal of a group that is the only group of many users", groups, removal, /no longer assigned/);

  const foreign = { scim: { directoryId: smallstep.otherDirectory.id } };
  const sharing = /set safeguards\.allowSharedDirectory to allow it/;
  await rejected("the directory of another team", foreign, sharing, /belongs to team/);
  checks.equal("no preview sends a write request to Graph", writes(), []);
}

function firstLine(text: string, pattern: RegExp): string {
  const line = text.split("\n").find((one) => pattern.test(one));
  return line?.trim().slice(0, 150) ?? text.slice(0, 300);
}
