import { readFileSync } from "node:fs";
import { ConfigurationError, certificateProblem, type Settings } from "../config";

/**
 * The root that vouches for folk, which the Job gets by its ConfigMap: certificates and nothing else.
 * @throws ConfigurationError when the file cannot be read, or holds something that must not be published
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
  const wrong = certificateProblem(pem);
  if (wrong !== undefined) throw new ConfigurationError([`database.sslRootCert: the file ${file} ${wrong}`]);
  return pem;
}
