import { boundedList } from "entra-mappings";
import { findUserAppRoleId } from "@smallstep-ssh/components";
import * as z from "zod";
import { assignmentImports, assignmentOf, type Assignment, type FoundGroup } from "./groups";
import { differencesOf, entraImport, type Difference, type Part } from "./part";

/** The service principal of the enterprise application for provisioning. */
export const enterpriseAppSchema = z.object({
  id: z.string(),
  appId: z.string(),
  displayName: z.string(),
  applicationTemplateId: z.string().nullish(),
  appRoles: z.array(
    z.object({
      id: z.string(),
      displayName: z.string().nullish(),
      isEnabled: z.boolean(),
      allowedMemberTypes: z.array(z.string()),
    }),
  ),
  tags: z.array(z.string()),
});

/** `applicationId`: object id of the application. */
export type FoundEnterpriseApp = z.infer<typeof enterpriseAppSchema> & {
  applicationId: string;
  assignments: Assignment[];
};

const nonGalleryTemplate = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621";
const integrated = "WindowsAzureActiveDirectoryIntegratedApp";
const customSingleSignOn = "WindowsAzureActiveDirectoryCustomSingleSignOnApplication";

export function enterpriseAppPart(app: FoundEnterpriseApp, groups: readonly FoundGroup[]): Part {
  const { id, applicationId, assignments, displayName } = app;
  const role = userRoleOf(app);
  const about = `Enterprise application ${displayName}`;
  const templateImport = `/applicationTemplates/${nonGalleryTemplate}/instantiate/${applicationId}/${id}`;
  return {
    found: ["enterprise application", `${displayName} (${id})`],
    imports: [
      entraImport("userSync", "ApplicationFromTemplate", templateImport),
      ...assignmentImports("userSync", id, assignments, groups, role),
    ],
    settings: { scim: { displayName } },
    differences: [
      ...differencesOf(about, [
        app.applicationTemplateId == null && [
          "note",
          "It was not created from the non-gallery template.",
          "uses it like one from the template. It creates nothing again.",
        ],
        !app.tags.includes(integrated) && [
          "note",
          `Its tags have drifted (${boundedList(app.tags).join(", ") || "none"}): without ${integrated} the portal does not list it.`,
          `leaves the tags unchanged. To list it again, run: az ad sp update --id ${id} --set 'tags=["${integrated}","${customSingleSignOn}"]'`,
        ],
      ]),
      ...assignmentDifferences(about, assignments, groups, role),
    ],
  };
}

/** Returns the id of the role `User`. Undefined: the application has none. */
function userRoleOf({ appRoles }: FoundEnterpriseApp): string | undefined {
  try {
    return findUserAppRoleId(
      appRoles.map((role) => ({ ...role, displayName: role.displayName ?? "", enabled: role.isEnabled })),
    );
  } catch {
    return undefined;
  }
}

function assignmentDifferences(
  about: string,
  assignments: readonly Assignment[],
  groups: readonly FoundGroup[],
  role: string | undefined,
): Difference[] {
  const ofGroups = groups.flatMap(({ id, displayName }) => {
    const chosen = assignmentOf(assignments, id, role);
    const further = assignments.filter((one) => one.principalId === id && one !== chosen);
    return differencesOf(about, [
      chosen === undefined && [
        "change",
        `The group ${displayName} is not assigned.`,
        "assigns it and provisions its members.",
      ],
      chosen !== undefined &&
        chosen.appRoleId !== role && [
          "change",
          `The group ${displayName} is assigned with a role other than User (${chosen.appRoleId}), which Entra may not provision.`,
          "assigns it as User, then deletes the other assignment.",
        ],
      ...further.map(
        ({ appRoleId }) =>
          [
            "note",
            `The group ${displayName} is assigned a second time (${appRoleId}).`,
            "leaves this assignment unchanged.",
          ] as const,
      ),
    ]);
  });
  const others = assignments
    .filter(({ principalId }) => !groups.some(({ id }) => id === principalId))
    .map(({ principalDisplayName, principalId }) => principalDisplayName ?? principalId);
  return [
    ...ofGroups,
    ...differencesOf(about, [
      others.length > 0 && [
        "note",
        `It has further assignments (${others.length}): ${boundedList(others).join(", ")}.`,
        "leaves them unchanged. They are not part of the stack.",
      ],
    ]),
  ];
}
