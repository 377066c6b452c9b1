import * as pulumi from "@pulumi/pulumi";
import { printable } from "@smallstep-ssh/usersync/output";

/** What the program prints: log lines and errors, without secrets and with untrusted text escaped. */
export const log = {
  info: (text: string): Promise<void> => pulumi.log.info(printable(text.split("\n"))),
  warn: (text: string): Promise<void> => pulumi.log.warn(printable(text.split("\n"))),
};

/** Returns an error of which the engine prints only the message. */
export function runError(text: string): pulumi.RunError {
  return new pulumi.RunError(printable(text.split("\n")));
}
