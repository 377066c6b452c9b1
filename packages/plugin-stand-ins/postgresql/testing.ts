import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { withDatabase } from "@smallstep-ssh/usersync/clients";
import { TestEngine, type WireValue } from "@smallstep-ssh/usersync/testing";
import { startDatabase, type Login } from "@smallstep-ssh/sandbox";
import { createAuthority } from "entra-emulator";
import { secret } from "../azuread/testing";
import { postgresql } from "./plugin";

export type TestServer = Awaited<ReturnType<typeof startTestServer>>;

/** Starts a real server with TLS, a database `folk` and a user who may create roles but is not a superuser. */
export async function startTestServer() {
  const dir = await mkdtemp(path.join(tmpdir(), "postgresql-plugin-"));
  const authority = await createAuthority(path.join(dir, "tls"));
  const database = await startDatabase({ authority, dir: path.join(dir, "folk") });
  const engines: TestEngine[] = [];
  return {
    database,
    caFile: authority.caFile,
    /** Starts the plugin, connected to the server as `login`. */
    engine: async (login: Login, settings: WireValue = {}): Promise<TestEngine> => {
      const engine = await TestEngine.start(postgresql());
      engines.push(engine);
      await engine.configure({
        host: database.host,
        port: database.port,
        database: database.name,
        username: login.username,
        password: secret(login.password),
        sslmode: "verify-full",
        sslrootcert: authority.caFile,
        superuser: false,
        ...settings,
      });
      return engine;
    },
    /** Runs a query as `login` and returns the rows. @throws Error of the server */
    as: async ({ username, password }: Login, sql: string): Promise<unknown[]> => {
      const { host, port, name } = database;
      const settings = {
        host,
        port,
        name,
        username,
        password,
        sslmode: "verify-full",
        rootCert: authority.caPem,
      } as const;
      return withDatabase(settings, async (client) => (await client.query(sql)).rows);
    },
    close: async (): Promise<void> => {
      for (const engine of engines) engine.close();
      await database.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
