import { expect, it } from "vitest";
import { Provider } from "@smallstep-ssh/usersync";
import { checkStack } from "./config/teams";
import { findConnectionProblems } from "./connectionCheck";
import { minimalSettings } from "./testing/minimalSettings";
import { setMocks } from "./testing/mocks";

it("reports each problem once, under the path at which the configuration sets the value", async () => {
  const database = { input: "database", reason: "unreachable" };
  const services = [
    database,
    database,
    { team: 0, input: "teamSlug", reason: "no such team" },
    { team: 1, input: "token", reason: "rejected" },
    { team: 1, input: "caUrl", reason: "unreachable" },
  ];
  await setMocks({
    newResource: ({ name }) => ({ id: name, state: {} }),
    call: ({ token }) => ({ problems: token === "usersync:entra:checkAccess" ? ["Microsoft Graph: no"] : services }),
  });
  const blue = {
    scim: { directoryId: "aaaaaaaa-0e0b-4a55-8f0e-1d7e4a1b2c3d", token: "t" },
    smallstep: { teamSlug: "blue" },
  };
  const stack = checkStack({ ...minimalSettings(), teams: { default: {}, blue } });
  expect(await findConnectionProblems(stack, "deploy", new Provider("usersync", {}))).toEqual([
    "Microsoft Graph: no",
    "database: unreachable",
    "smallstep.teamSlug: no such team",
    "teams.blue.scim.token: rejected",
    "smallstep.caUrl: unreachable",
  ]);
});
