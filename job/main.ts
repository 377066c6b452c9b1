import { visible } from "../mappings/visible";
import { Redactor } from "../provider/host/secrets";
import { compare } from "./compare";
import { compareSettings, switchSettings, waitSettings } from "./settings";
import { switchTeam } from "./switchTeam";
import { waitForUsers } from "./waitForUsers";

const steps: Record<string, (log: (line: string) => void) => Promise<void>> = {
  compare: (log) => compare(compareSettings(process.env), log),
  "wait-for-users": (log) => waitForUsers(waitSettings(process.env), log),
  "switch-team": (log) => switchTeam(switchSettings(process.env), log),
};

async function main(): Promise<number> {
  const name = process.argv[2] ?? "";
  const step = steps[name];
  if (step === undefined) {
    console.error(`unknown step "${name}": wanted one of ${Object.keys(steps).join(", ")}`);
    return 2;
  }
  // What is said quotes the CA, the SCIM server and the database: on one line, and never a secret.
  const redactor = new Redactor();
  for (const secret of ["CLIENT_SECRET", "SCIM_TOKEN", "PGPASSWORD"]) redactor.add(process.env[secret] ?? "");
  const shown = (text: string) => visible(redactor.redact(text));
  try {
    await step((line) => console.log(`${name}: ${shown(line)}`));
    return 0;
  } catch (error) {
    // One line, and no stack: this is what `pulumi up` shows of a failed Job.
    const message = error instanceof Error ? error.message.replaceAll("\n", "; ") : String(error);
    console.error(`${name}: failed: ${shown(message)}`);
    return 1;
  }
}

void main().then((code) => process.exit(code));
