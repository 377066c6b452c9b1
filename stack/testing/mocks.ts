import * as pulumi from "@pulumi/pulumi";
import { getMonitor } from "@pulumi/pulumi/runtime/settings";

/**
 * Sets the SDK's mocks and adds `registerResourceHook`, which the SDK's mock monitor lacks. The hooks are accepted and
 * never called.
 */
export async function setMocks(...args: Parameters<typeof pulumi.runtime.setMocks>): Promise<void> {
  await pulumi.runtime.setMocks(...args);
  const monitor = getMonitor() as unknown as Record<string, unknown>;
  monitor["registerResourceHook"] = (_hook: unknown, done: (error: null, answer: object) => void) => done(null, {});
}
