import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that run for more than about 20 seconds, longest first. The others fill the gaps at the end. */
const long = [
  "test/engine/operations.engine.test.ts",
  "test/engine/outsideChanges.engine.test.ts",
  "test/faults/crash/up.engine.test.ts",
  "test/faults/graph/graph.emulator.test.ts",
  "test/faults/crash/destroy.engine.test.ts",
  "test/engine/run.engine.test.ts",
  "test/engine/environments.engine.test.ts",
  "test/engine/adopt.engine.test.ts",
  "test/faults/driverConformance.engine.test.ts",
  "test/engine/documentation.engine.test.ts",
  "components/registration/job/job.emulator.test.ts",
  "test/engine/wrongInput.engine.test.ts",
  "packages/entra-mappings/expression/regex/oracle.test.ts",
  "packages/entra-mappings/expression/properties.test.ts",
  "test/untrusted-input/inputRoundTrip.test.ts",
  "packages/cli/help.emulator.test.ts",
];

/** Starts the longest files of all projects first, so that no worker waits for another one at the end. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const index = long.findIndex((file) => moduleId.endsWith(`/${file}`));
      return index < 0 ? long.length : index;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}
