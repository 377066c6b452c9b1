import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import { createServer as createTcpServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { TLSSocket, createSecureContext } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { switchSettings, switchTeam } from "@smallstep-ssh/components";
import {
  readTeam,
  sslmodes,
  withDatabase,
  publishedProvisioners,
  countActiveUsers,
} from "@smallstep-ssh/usersync/clients";
import { openGraph } from "@smallstep-ssh/usersync/openGraph";
import { createAuthority, type Authority, type IssuedCertificate } from "entra-emulator";

const kinds = ["trusted", "untrusted", "wrong host", "expired"] as const;
type Kind = (typeof kinds)[number];
const tenantId = "7868462e-0000-4000-8000-000000000001";

let dir = "";
let authority: Authority;
const certificates = {} as Record<Kind, IssuedCertificate>;
beforeAll(async () => {
  dir = mkdtempSync(path.join(tmpdir(), "tls-"));
  authority = await createAuthority(path.join(dir, "own"));
  const other = await createAuthority(path.join(dir, "other"));
  certificates.trusted = await authority.issue();
  certificates.untrusted = await other.issue();
  certificates["wrong host"] = await authority.issue(["elsewhere.example"]);
  certificates.expired = await authority.issue(undefined, new Date(Date.now() - 60_000));
  writeFileSync(path.join(dir, "root.pem"), authority.caPem);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/**
 * Starts an HTTPS server with one of the certificates. A received request means that the client accepted the
 * certificate.
 */
async function https(kind: Kind, answer: (target: string, url: string) => unknown) {
  const received: string[] = [];
  let url = "";
  const server: Server = createServer(certificates[kind], (request, response) => {
    received.push(request.url ?? "");
    request.resume();
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(answer(request.url ?? "", url)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `https://localhost:${(server.address() as AddressInfo).port}`;
  const close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url, received, close };
}

/** Responds as Entra ID does, with the given URLs for sign-in and Graph. */
const entra = (places: { login?: string; graph?: string }) => (target: string, url: string) => {
  const { login = url, graph = url } = places;
  if (target.startsWith("/metadata/")) {
    return { microsoftGraphResourceId: `${graph}/`, authentication: { loginEndpoint: `${login}/` } };
  }
  if (target.includes("openid-configuration")) {
    const at = `${url}/${tenantId}`;
    return {
      issuer: `${at}/v2.0`,
      authorization_endpoint: `${at}/oauth2/v2.0/authorize`,
      token_endpoint: `${at}/oauth2/v2.0/token`,
      jwks_uri: `${at}/keys`,
    };
  }
  if (/\/token(\?|$)/.test(target)) return { token_type: "Bearer", expires_in: 3600, access_token: "e30.e30.x" };
  return { value: [] };
};

async function askGraph(metadataUrl: string): Promise<void> {
  const settings = {
    tenantId,
    clientId: tenantId,
    clientSecret: "a-client-secret",
    metadataHost: new URL(metadataUrl).host,
  };
  const times = { firstMs: 1, maxRetryAfterMs: 10, requestMs: 20_000 };
  const graph = await openGraph(settings, { trust: authority.caPem, times, env: {} });
  await graph.request({ method: "GET", path: "/groups", operation: "list groups", permission: "Group.Read.All" });
}

/** Certificate errors of the clients. The sign-in library reports only that it cannot resolve its endpoints. */
const certificate =
  /CERT|SELF_SIGNED|VERIFY|ALTNAME|altnames|certificate|self-signed|issuer|endpoints_resolution_error/i;

describe.each(kinds)("server with certificate: %s", (kind) => {
  /** Asserts that the client accepts a trusted certificate, and otherwise reports the certificate and sends nothing. */
  async function verified(server: { received: string[]; close(): void }, ask: () => Promise<unknown>): Promise<void> {
    const error = await ask().then(
      () => undefined,
      (reason: unknown) => reason as Error,
    );
    server.close();
    if (kind === "trusted") {
      expect(error).toBeUndefined();
      expect(server.received.length).toBeGreaterThan(0);
    } else {
      expect(error?.message).toMatch(certificate);
      expect(server.received).toEqual([]);
    }
  }

  it(`connects the SCIM client only if the certificate is trusted (${kind})`, async () => {
    const server = await https(kind, () => ({ totalResults: 0 }));
    await verified(server, () => countActiveUsers(server.url, "token", { rootCert: authority.caPem }));
  });

  it(`connects the CA client only if the certificate is trusted, even without Node.js verification (${kind})`, async () => {
    for (const value of [undefined, "0"]) {
      if (value !== undefined) process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = value;
      try {
        const server = await https(kind, () => ({ provisioners: [] }));
        await verified(server, () => publishedProvisioners(server.url, { rootCert: authority.caPem }));
      } finally {
        delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
      }
    }
  });

  it(`connects the Graph client to metadata, sign-in and Graph only if the certificate is trusted (${kind})`, async () => {
    const metadata = await https(kind, entra({}));
    await verified(metadata, () => askGraph(metadata.url));
    for (const place of ["login", "graph"] as const) {
      const server = await https(kind, entra({}));
      const good = await https("trusted", entra({ [place]: server.url }));
      await verified(server, () => askGraph(good.url));
      good.close();
    }
  });
});

it("opens no Graph client when NODE_TLS_REJECT_UNAUTHORIZED is 0", async () => {
  const env = { NODE_TLS_REJECT_UNAUTHORIZED: "0" };
  await expect(openGraph({ tenantId, clientId: tenantId, clientSecret: "s" }, { env })).rejects.toThrow(/unset it/);
});

/**
 * The data that reached a PostgreSQL server before its response: nothing, a startup message in cleartext, or one within
 * TLS.
 */
type Reached = "nothing" | "in clear" | "within TLS";

async function postgres(
  kind: Kind,
  ask: (port: number) => Promise<unknown>,
): Promise<{ reached: Reached; error: Error }> {
  let reached: Reached = "nothing";
  const server = createTcpServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", (first) => {
      // An SSLRequest has length 8 and code 80877103.
      if (first.length !== 8 || first.readInt32BE(4) !== 80_877_103) {
        reached = "in clear";
        socket.destroy();
        return;
      }
      socket.write("S");
      const tls = new TLSSocket(socket, { isServer: true, secureContext: createSecureContext(certificates[kind]) });
      tls.on("error", () => undefined);
      tls.once("data", () => {
        reached = "within TLS";
        tls.destroy();
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const error = await ask((server.address() as AddressInfo).port).then(
    () => new Error("The client must fail, because the server sends no response."),
    (reason: unknown) => reason as Error,
  );
  await new Promise((resolve) => server.close(resolve));
  return { reached, error };
}

/** Certificates that libpq accepts in each mode with a root certificate. */
const taken: Record<(typeof sslmodes)[number], readonly Kind[]> = {
  disable: [],
  require: ["trusted", "wrong host"],
  "verify-ca": ["trusted", "wrong host"],
  "verify-full": ["trusted"],
};
type Ask = (port: number, sslmode: (typeof sslmodes)[number], withRoot: boolean) => Promise<unknown>;
const login = { host: "localhost", name: "folk", username: "u", password: "a-password" };
const askers: [name: string, ask: Ask][] = [
  [
    "plugin and preflight",
    (port, sslmode, withRoot) =>
      withDatabase({ ...login, port, sslmode, rootCert: withRoot ? authority.caPem : undefined }, (client) =>
        readTeam(client, "acme"),
      ),
  ],
  [
    "Job",
    (port, sslmode, withRoot) =>
      switchTeam(
        switchSettings({
          ...{ PGHOST: "localhost", PGPORT: String(port), PGDATABASE: "folk", PGUSER: "u", PGPASSWORD: "a-password" },
          ...{ PGSSLMODE: sslmode, TEAM_SLUG: "acme", DIRECTORY_ID: "d" },
          ...(withRoot ? { DATABASE_ROOT_CERT: authority.caPem } : {}),
        }),
        () => undefined,
        // The Job retries while a database restarts. This one does not come back.
        { now: () => Date.now(), sleep: () => Promise.reject(new Error("The Job waits for the database.")) },
      ),
  ],
];

describe.each(askers)("PostgreSQL client: %s", (_name, ask) => {
  it.each(sslmodes.flatMap((mode) => kinds.map((kind) => [mode, kind] as const)))(
    "applies sslmode %s to a server certificate: %s",
    async (mode, kind) => {
      const { reached, error } = await postgres(kind, (port) => ask(port, mode, true));
      if (mode === "disable") expect(reached).toBe("in clear");
      else if (taken[mode].includes(kind)) expect(reached).toBe("within TLS");
      else {
        expect(reached).toBe("nothing");
        expect(`${error.message} ${(error as { code?: string }).code ?? ""}`).toMatch(certificate);
      }
      expect(error.message).not.toContain("a-password");
    },
  );

  it("accepts any certificate with require and no private one with verify modes when no root certificate is set", async () => {
    for (const kind of kinds) {
      expect((await postgres(kind, (port) => ask(port, "require", false))).reached).toBe("within TLS");
      for (const mode of ["verify-ca", "verify-full"] as const) {
        expect((await postgres(kind, (port) => ask(port, mode, false))).reached, `${mode} ${kind}`).toBe("nothing");
      }
    }
  });
});

it("rejects sslmode disable in the Job when the database host is not a loopback address", () => {
  const env = { PGHOST: "folk.example.com", PGSSLMODE: "disable" };
  expect(() => switchSettings(env)).toThrow(
    /PGSSLMODE: disable would send passwords .* in clear text to folk\.example\.com/,
  );
});
