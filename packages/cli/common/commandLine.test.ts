import { expect, it } from "vitest";
import { commandLineOf } from "./commandLine";

it("returns the form of smallstep-ssh when npm runs no script of the subcommand", () => {
  for (const npm_lifecycle_event of [undefined, "npx", "test", "drift"]) {
    const line = commandLineOf("status", { npm_lifecycle_event });
    expect(line("--stack dev")).toBe("smallstep-ssh status --stack dev");
    expect(line("", { silent: true })).toBe("smallstep-ssh status");
  }
});

it("returns the form of the npm script when npm runs the subcommand", () => {
  const status = commandLineOf("status", { npm_lifecycle_event: "status" });
  expect(status("--stack dev")).toBe("npm run status -- --stack dev");
  expect(status("", { silent: true })).toBe("npm run --silent status");
  const comment = commandLineOf("preview-comment", { npm_lifecycle_event: "preview:comment" });
  expect(comment("--help", { silent: true })).toBe("npm run --silent preview:comment -- --help");
});
