import type { Settings } from "@smallstep-ssh/stack";
import type { DatabaseSettings } from "@smallstep-ssh/usersync/clients";
import { CliError } from "./errors";
import { readIfExists } from "./files";

/** Returns the connection settings of the folk database. @throws CliError if the root certificate cannot be read */
export async function databaseSettings({
  sslRootCert,
  host,
  port,
  name,
  username,
  password,
  sslmode,
}: Settings["database"]): Promise<DatabaseSettings> {
  const rootCert = sslRootCert === undefined ? undefined : await readIfExists(sslRootCert);
  if (sslRootCert !== undefined && rootCert === undefined) {
    throw new CliError([`database.sslRootCert: the file ${sslRootCert} does not exist.`]);
  }
  return { host, port, name, username, password, sslmode, rootCert };
}
