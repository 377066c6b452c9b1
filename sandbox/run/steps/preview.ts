import type { Run } from "../scenario";

/** Preview shows everything, and changes nothing anywhere. */
export async function preview(run: Run): Promise<void> {
  const { world, stack, checks } = run;
  const before = world.graph.requests.all().length;
  const { changes, steps, diagnostics } = await stack.preview();
  checks.assert("resources are to be created", (changes.create ?? 0) > 20, `${changes.create ?? 0} to create`);
  checks.equal("nothing else is to be done", Object.keys(changes), ["create"]);
  const types = new Set(steps.map(({ type }) => type));
  for (const type of [
    "usersync:entra:AttributeMappings",
    "usersync:smallstep:Registration",
    "kubernetes:batch/v1:Job",
  ]) {
    checks.assert(`${type} is among them`, types.has(type));
  }
  checks.assert(
    "the user name check names who cannot log in",
    /no\.mail/.test(diagnostics),
    "no.mail@corp.com has no mail address",
  );
  const writes = world.graph.requests
    .all()
    .slice(before)
    .filter(({ method, path }) => method !== "GET" && !path.endsWith("/token"));
  checks.equal(
    "no request to Graph changes anything",
    writes.map(({ method, path }) => `${method} ${path}`),
    [],
  );
  const roles = await world.smallstep.query("select 1 from pg_roles where rolname like 'registration-%'");
  checks.equal("no database role is made", roles.length, 0);
}
