import type * as pulumi from "@pulumi/pulumi";

/** An output's value when it is known; in a preview, that of a resource yet to be made is not. */
export async function valueIfKnown<T>(output: pulumi.Output<T>): Promise<T | undefined> {
  // Present on every Output, though left out of the published type.
  const { isKnown } = output as unknown as { isKnown: Promise<boolean> };
  return (await isKnown) ? new Promise<T>((resolve) => void output.apply(resolve)) : undefined;
}
