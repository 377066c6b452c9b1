import { route, type Call, type Endpoint } from "../http/endpoint";
import { notFound } from "../http/reply";
import { entityReply, listReply } from "../odata/query";
import type { Entity } from "../state/types";

const readDirectory = ["Directory.Read.All", "Directory.ReadWrite.All"];
const readDomains = ["Domain.Read.All", ...readDirectory];

export const organizationEndpoints: Endpoint[] = [
  route("GET /organization", ["Organization.Read.All", "User.Read.All", ...readDirectory], (call) =>
    listReply(call, "organization", [organization(call)]),
  ),
  route("GET /domains", readDomains, (call) => listReply(call, "domains", call.state.domains)),
  route("GET /domains/:id", readDomains, (call) => {
    const domain = call.state.domains.find((one) => one.id === call.param("id").toLowerCase());
    if (!domain) throw notFound(call.param("id"));
    return entityReply(call, "domains", domain);
  }),
];

function organization({ state }: Call): Entity {
  return {
    id: state.tenantId,
    deletedDateTime: null,
    countryLetterCode: "US",
    displayName: state.displayName,
    onPremisesSyncEnabled: null,
    tenantType: "AAD",
    verifiedDomains: state.domains.map(({ id, isDefault, isInitial }) => ({
      capabilities: "Email, OfficeCommunicationsOnline",
      isDefault,
      isInitial,
      name: id,
      type: "Managed",
    })),
  };
}
