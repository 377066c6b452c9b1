import type * as pulumi from "@pulumi/pulumi";

/** Returns an output's value when it is known. During a preview, the outputs of a resource that does not exist yet are unknown. */
export async function valueIfKnown<T>(output: pulumi.Output<T>): Promise<T | undefined> {
  // Every Output has it, although the published type omits it.
  const { isKnown } = output as unknown as { isKnown: Promise<boolean> };
  return (await isKnown) ? new Promise<T>((resolve) => void output.apply(resolve)) : undefined;
}
