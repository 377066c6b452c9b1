import type { Run } from "../run";
import { recordWrites } from "./queries";

/** Checks that preview plans all resources and changes nothing. */
export async function preview(run: Run): Promise<void> {
  const { smallstep, stack, checks } = run;
  const writes = recordWrites(run);
  const { changes, steps, diagnostics } = await stack.preview();
  checks.assert("preview plans to create resources", (changes.create ?? 0) > 20, `${changes.create ?? 0} to create`);
  checks.equal("preview plans no other operation", Object.keys(changes), ["create"]);
  const types = new Set(steps.map(({ type }) => type));
  for (const type of [
    "usersync:entra:AttributeMappings",
    "usersync:smallstep:Registration",
    "kubernetes:batch/v1:Job",
  ]) {
    checks.assert(`preview plans to create ${type}`, types.has(type));
  }
  checks.assert(
    "the user name check names users who cannot log in",
    /no\.mail/.test(diagnostics),
    "no.mail@corp.com has no mail address",
  );
  checks.equal("preview sends no write request to Graph", writes(), []);
  const roles = await smallstep.query("select 1 from pg_roles where rolname like 'registration-%'");
  checks.equal("preview creates no database role", roles.length, 0);
}
