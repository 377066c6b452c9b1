import { Pool, type PoolClient } from "pg";

import { clientConfig, type Settings } from "./settings";

/** An open transaction. */
export type Transaction = Pick<PoolClient, "query">;

/** The PostgreSQL server that a provider manages. It opens one connection pool per database on first use. */
export class Server {
  readonly #pools = new Map<string, Pool>();

  constructor(readonly settings: Settings) {}

  /**
   * Runs `work` in one transaction of a database. Default: the provider's database.
   * @throws Error that names the server, the database and the user, but not the password
   */
  async transaction<T>(work: (transaction: Transaction) => Promise<T>, database = this.settings.database): Promise<T> {
    const client = await this.#connect(database);
    let failure: Error | undefined;
    try {
      await client.query("begin");
      const result = await work(client);
      await client.query("commit");
      return result;
    } catch (error) {
      failure = error as Error;
      await client.query("rollback").catch(() => undefined);
      throw this.#toConnectionError(failure, database);
    } finally {
      // Close the connection after a failure instead of returning it to the pool.
      client.release(failure !== undefined);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.end()));
    this.#pools.clear();
  }

  async #connect(database: string): Promise<PoolClient> {
    let pool = this.#pools.get(database);
    if (pool === undefined) {
      pool = new Pool({
        ...clientConfig(this.settings, database),
        max: this.settings.maxConnections || Infinity,
        // An open connection prevents dropping the database.
        idleTimeoutMillis: 1_000,
        allowExitOnIdle: true,
      });
      // The pool replaces a connection that breaks while idle.
      pool.on("error", () => undefined);
      this.#pools.set(database, pool);
    }
    try {
      return await pool.connect();
    } catch (error) {
      throw this.#toConnectionError(error as Error, database, true);
    }
  }

  #toConnectionError(error: Error, database: string, connecting = false): Error {
    const { host, port, username } = this.settings;
    const { code, detail } = error as { code?: string; detail?: string };
    // An error without a code is our own and already complete.
    if (code === undefined && !connecting) return error;
    const message = [error.message || code || error.name, detail].filter(Boolean).join(" ");
    return new Error(`PostgreSQL at ${host}:${port}, database "${database}", as "${username}": ${message}.`);
  }
}
