import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Client } from "pg";

import { TestEngine, type WireValue } from "@smallstep-ssh/usersync/testing";
import { startDatabase, type Database, type Login } from "@smallstep-ssh/sandbox";
import { createAuthority } from "entra-emulator";
import { secret } from "../azuread/testing";
import { postgresql } from "./plugin";

/** A real server with TLS, a database `folk` and a user who may create roles but is not a superuser. */
export interface TestServer {
  database: Database;
  caFile: string;
  /** Starts the plugin, connected to the server as `login`. */
  engine(login: Login, settings?: WireValue): Promise<TestEngine>;
  /** Runs a query as `login` and returns the rows. @throws Error of the server */
  as(login: Login, sql: string): Promise<unknown[]>;
  close(): Promise<void>;
}

export async function startTestServer(): Promise<TestServer> {
  const dir = await mkdtemp(path.join(tmpdir(), "postgresql-plugin-"));
  const authority = await createAuthority(path.join(dir, "tls"));
  const database = await startDatabase({ authority, dir: path.join(dir, "folk") });
  const engines: TestEngine[] = [];
  return {
    database,
    caFile: authority.caFile,
    engine: async (login, settings = {}) => {
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
    as: async ({ username, password }, sql) => {
      const { host, port, name } = database;
      const ssl = { ca: authority.caPem };
      const client = new Client({ host, port, database: name, user: username, password, ssl });
      await client.connect();
      try {
        return (await client.query(sql)).rows;
      } finally {
        await client.end();
      }
    },
    close: async () => {
      for (const engine of engines) engine.close();
      await database.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
