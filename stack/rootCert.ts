import { readFileSync } from "node:fs";
import { ConfigurationError } from "./config/validate";
import { certificateProblem } from "./config/certificates";
import type { Settings } from "./config/schema";

/**
 * Reads the root certificate of the folk database, which the Job receives in its ConfigMap. The file must hold only certificates.
 * @throws ConfigurationError when the file cannot be read, or holds anything that must not be published
 */
export function readDatabaseRootCert({
  database: { sslRootCert: file },
}: Pick<Settings, "database">): string | undefined {
  if (file === undefined) return undefined;
  let pem: string;
  try {
    pem = readFileSync(file, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? "";
    throw new ConfigurationError([`database.sslRootCert: the file ${file} cannot be read (${code})`]);
  }
  const problem = certificateProblem(pem);
  if (problem !== undefined) throw new ConfigurationError([`database.sslRootCert: the file ${file} ${problem}`]);
  return pem;
}
