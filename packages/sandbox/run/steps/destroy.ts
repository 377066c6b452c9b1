import type { Run } from "../run";
import { checkOtherTeam, ourDirectory, onlySyncJob } from "./queries";

/** Destroys the stack and checks that its resources no longer exist. Users keep their accounts. */
export async function destroy(run: Run): Promise<void> {
  const { graph, smallstep, stack, checks } = run;
  const { state, requests } = graph;
  const users = smallstep.scim.users(smallstep.directory.id).length;
  const principal = onlySyncJob(run).servicePrincipalId;
  const before = requests.all().length;
  const directory = await ourDirectory(run);
  const { changes } = await stack.destroy();
  checks.assert("destroy deletes resources", (changes.delete ?? 0) > 20, `${changes.delete ?? 0} deleted`);
  const later = requests
    .all()
    .slice(before)
    .filter(({ status }) => status >= 200 && status < 300);
  const paused = later.findIndex(({ method, path }) => method === "POST" && path.endsWith("/pause"));
  const removed = later.findIndex(({ method, path }) => method === "DELETE" && path.endsWith(`/${principal}`));
  checks.assert("destroy pauses provisioning first", paused >= 0 && (removed < 0 || paused < removed));

  const names = (values: Iterable<{ displayName: string | null }>) => [...values].map(({ displayName }) => displayName);
  const ownNames = ["ssh", "sudo", "Smallstep SSH", "smallstep-usersync"];
  const left = [
    ...names(state.groups.values()),
    ...names(state.applications.values()),
    ...names(state.servicePrincipals.values()),
  ].filter((name) => ownNames.includes(name ?? ""));
  checks.equal("the tenant contains no object of the stack", [...left, ...state.jobs.keys()], []);
  checks.assert("the existing group still exists", names(state.groups.values()).includes("platform-ssh"));
  const roles = await smallstep.query("select rolname from pg_roles where rolname like 'registration-%'");
  checks.equal("the database role no longer exists", roles, []);
  const own = { namespace: "smallstep" };
  const objects = [
    ...(await run.batch.listNamespacedJob(own)).items,
    ...(await run.core.listNamespacedSecret(own)).items,
    ...(await run.core.listNamespacedConfigMap(own)).items.filter(
      ({ metadata }) => metadata?.name !== "kube-root-ca.crt",
    ),
  ];
  checks.equal(
    "the namespace contains no object of the stack",
    objects.map(({ metadata }) => metadata?.name),
    [],
  );
  checks.equal("users keep their accounts", smallstep.scim.users(smallstep.directory.id).length, users);
  checks.equal("the team keeps its directory", await ourDirectory(run), directory);
  await checkOtherTeam(run);
}
