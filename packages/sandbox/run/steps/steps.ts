import type { SandboxOptions } from "../options";
import type { Run } from "../run";
import { deployment } from "./deploy";
import { destroy } from "./destroy";
import { mappingEdited, provisionerRemoved, teamRepointed } from "./drift";
import { heldDeletions } from "./heldDeletions";
import { leastPrivilege } from "./leastPrivilege";
import { lockoutGuards } from "./lockoutGuards";
import { login } from "./login";
import { noChanges } from "./noChanges";
import { permissions } from "./permissions";
import { preview } from "./preview";
import { provisioning } from "./provisioning";
import { secrets } from "./secrets";
import { status } from "./status";

interface Step {
  title: string;
  step: (run: Run) => Promise<void>;
}

/** Returns the steps of the run, in order. */
export function steps(options: Pick<SandboxOptions, "keep" | "context">): Step[] {
  return [
    { title: "Preview", step: preview },
    { title: "Up", step: deployment },
    // Pods of the user's own cluster cannot reach this machine, so a run with --context skips the steps that need the Job.
    ...(options.context === undefined ? afterTheJob : []),
    { title: "Secrets", step: secrets },
    { title: "Graph permissions", step: permissions },
    ...(options.keep ? [] : [{ title: "Destroy", step: destroy }]),
  ];
}

/** Steps that need the results of the Job. */
const afterTheJob: Step[] = [
  { title: "Provisioning cycle and switch", step: provisioning },
  { title: "Status", step: status },
  { title: "Login", step: login },
  { title: "The Job's database role", step: leastPrivilege },
  { title: "No changes", step: noChanges },
  { title: "Lockouts, rejected at preview", step: lockoutGuards },
  { title: "Lockout by an emptied group, held", step: heldDeletions },
  { title: "Drift: a mapping edited in the portal", step: mappingEdited },
  { title: "Drift: the team repointed in SQL", step: teamRepointed },
  { title: "Drift: the provisioner removed", step: provisionerRemoved },
  { title: "No changes after the repairs", step: noChanges },
];
