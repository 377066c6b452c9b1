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
  try {
    await step((line) => console.log(`${name}: ${line}`));
    return 0;
  } catch (error) {
    // One line, and no stack: this is what `pulumi up` shows of a failed Job.
    console.error(`${name}: failed: ${error instanceof Error ? error.message.replaceAll("\n", "; ") : String(error)}`);
    return 1;
  }
}

void main().then((code) => process.exit(code));
