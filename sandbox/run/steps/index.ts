import type { SandboxOptions } from "../options";
import type { Run } from "../scenario";
import { deployment } from "./deploy";
import { destroy } from "./destroy";
import { mappingEdited, provisionerRemoved, teamRepointed } from "./drift";
import { leastPrivilege } from "./leastPrivilege";
import { login } from "./login";
import { nothingToDo } from "./nothingToDo";
import { preview } from "./preview";
import { provisioning } from "./provisioning";
import { secrets } from "./secrets";

interface Step {
  title: string;
  step: (run: Run) => Promise<void>;
}

/** The run, in order. */
export function steps(options: Pick<SandboxOptions, "keep">): Step[] {
  return [
    { title: "Preview", step: preview },
    { title: "Up", step: deployment },
    { title: "Provisioning cycle and switch", step: provisioning },
    { title: "Login", step: login },
    { title: "The Job's database role", step: leastPrivilege },
    { title: "Nothing to do", step: nothingToDo },
    { title: "Drift: a mapping edited in the portal", step: mappingEdited },
    { title: "Drift: the team repointed in SQL", step: teamRepointed },
    { title: "Drift: the provisioner removed", step: provisionerRemoved },
    { title: "Nothing to do after the repairs", step: nothingToDo },
    { title: "Secrets", step: secrets },
    ...(options.keep ? [] : [{ title: "Destroy", step: destroy }]),
  ];
}
