import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { peopleWriter } from "entra-mappings";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { createAuthority } from "entra-emulator";
import type { GraphError } from "./errors";
import { GraphClient } from "./client";
import { JobApi } from "./synchronization";
import { getGroup, membersIfPresent, streamMembers } from "./groups";
import { provisioning } from "../../resources/provisioning/provisioning";
import { openGraph } from "./openGraph";
import {
  type Answer,
  type Received,
  type ScriptedServer,
  type TestAuthority,
  scriptedSettings,
  startScripted,
} from "./testing";

const JOB = "/servicePrincipals/11111111-2222-4333-8444-555555555555/synchronization/jobs/scim.1.2";
const times = { firstMs: 1, maxRetryAfterMs: 5000, requestMs: 20_000 };

const dir = mkdtempSync(join(tmpdir(), "graph-"));
let authority: TestAuthority;
beforeAll(async () => {
  authority = await createAuthority(dir);
});
afterAll(() => rmSync(dir, { recursive: true }));

let server: ScriptedServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function client(
  answer: (request: Received, times: number) => Answer | Promise<Answer>,
  people = peopleWriter(),
): Promise<GraphClient> {
  server = await startScripted(authority, answer);
  return openGraph(scriptedSettings(server), { trust: server.ca, times, env: {}, people });
}

const failure = async (promise: Promise<unknown>): Promise<GraphError> =>
  promise.then(
    () => expect.fail("should have failed"),
    (error: GraphError) => error,
  );

describe("sign-in", () => {
  it("finds the cloud by its metadata host and sends the token with each request", async () => {
    const graph = await client(() => ({ body: { id: "j" } }));
    expect(await new JobApi(graph, JOB).get()).toEqual({ id: "j" });
    const [got] = server?.received ?? [];
    expect(got?.path).toBe(`/v1.0${JOB}`);
    expect(got?.headers.authorization).toMatch(/^Bearer e30\.ey/);
    expect(await graph.claims()).toMatchObject({ roles: ["Synchronization.ReadWrite.All"], scopes: ["User.Read"] });
  });

  it("reports Entra's error message without the secret when sign-in fails", async () => {
    server = await startScripted(authority, () => ({}));
    const settings = { ...scriptedSettings(server), metadataHost: server.host };
    const graph = await openGraph(settings, { trust: server.ca, times, env: {} });
    const refused = new GraphClient(
      { graphEndpoint: server.url, loginEndpoint: server.url },
      { token: () => Promise.reject(new Error("AADSTS7000215: Invalid client secret.\r\nTrace ID: x")) },
      { times },
    );
    const error = await failure(refused.claims());
    expect(error.message).toBe("Entra ID issued no token: AADSTS7000215: Invalid client secret.");
    expect(error.status).toBe(401);
    expect(graph).toBeDefined();
  });

  it("rejects a server certificate from an unknown authority", async () => {
    server = await startScripted(authority, () => ({}));
    const error = await failure(openGraph(scriptedSettings(server), { times, env: {} }));
    expect(error.message).toMatch(/^Could not look up the cloud at https:\/\/localhost:\d+\/metadata\/endpoints/);
    expect(error.message).toMatch(/certificate/);
  });

  it("fails when NODE_TLS_REJECT_UNAUTHORIZED turns off certificate checks", async () => {
    server = await startScripted(authority, () => ({}));
    const error = await failure(openGraph(scriptedSettings(server), { env: { NODE_TLS_REJECT_UNAUTHORIZED: "0" } }));
    expect(error.message).toMatch(/^NODE_TLS_REJECT_UNAUTHORIZED: turns off certificate checks/);
  });
});

describe("GraphClient errors", () => {
  it("reports a 403 at once with the permission that the call needs", async () => {
    const body = { error: { code: "Authorization_RequestDenied", message: "Insufficient privileges." } };
    const graph = await client(() => ({ status: 403, body }));
    const error = await failure(new JobApi(graph, JOB).getSchema());
    expect(error.message).toBe(
      "Microsoft Graph does not allow this application to read the synchronization schema (403 " +
        "Authorization_RequestDenied: Insufficient privileges): it needs the application permission " +
        "Synchronization.ReadWrite.All, with admin consent.",
    );
    expect([error.status, error.code, error.permission]).toEqual([
      403,
      "Authorization_RequestDenied",
      "Synchronization.ReadWrite.All",
    ]);
    expect(server?.received).toHaveLength(1);
  });

  it.each([
    ["seconds", "0"],
    ["a date", new Date(Date.now() - 1000).toUTCString()],
  ])("retries after 429 and 503 with the delay of Retry-After: %s", async (_name, wait) => {
    const graph = await client((_, n) =>
      n < 3 ? { status: n === 1 ? 429 : 503, headers: { "retry-after": wait } } : { body: { id: "j" } },
    );
    expect(await new JobApi(graph, JOB).get()).toEqual({ id: "j" });
    expect(server?.received).toHaveLength(3);
  });

  it("fails at once when Retry-After exceeds the limit", async () => {
    const graph = await client(() => ({ status: 429, headers: { "retry-after": "3600" } }));
    const error = await failure(new JobApi(graph, JOB).get());
    expect(error.message).toMatch(/^Microsoft Graph is too busy to read the synchronization job \(429\)/);
    expect(error.retryAfterMs).toBe(3_600_000);
    expect(server?.received).toHaveLength(1);
  });

  it.each<[string, Answer]>([
    ["a server error", { status: 502 }],
    ["a response cut off by the connection", { body: { id: "jjj" }, cut: true }],
    ["a response with incomplete JSON", { body: '{"id": "j' }],
    ["a conflict", { status: 409 }],
  ])("retries after a transient failure: %s", async (_name, first) => {
    const graph = await client((_, n) => (n === 1 ? first : { body: { id: "j" } }));
    expect(await new JobApi(graph, JOB).get()).toEqual({ id: "j" });
    expect(server?.received).toHaveLength(2);
  });

  it("stops after eight attempts and reports Graph's error", async () => {
    const graph = await client(() => ({ status: 500, body: { error: { code: "Broken", message: "No luck." } } }));
    const error = await failure(new JobApi(graph, JOB).get());
    expect(error.message).toBe(
      "Microsoft Graph rejected the request to read the synchronization job (500 Broken: No luck).",
    );
    expect(server?.received).toHaveLength(8);
  });

  it("does not retry a POST after a 502", async () => {
    const graph = await client(({ path }) => (path.endsWith("/restart") ? {} : { status: 502 }));
    const post = {
      method: "POST",
      path: "/groups",
      operation: "make a group",
      permission: "Group.ReadWrite.All",
    } as const;
    expect((await failure(graph.request(post))).status).toBe(502);
    expect(server?.received).toHaveLength(1);
    server?.received.splice(0);
    await new JobApi(graph, JOB).restart();
    expect(JSON.parse(server?.received[0]?.body ?? "")).toEqual({ criteria: {} });
  });

  it("retries after 404 only when the object may be new", async () => {
    const graph = await client((_, n) => (n < 4 ? { status: 404 } : { body: { id: "j" } }));
    expect(await new JobApi(graph, JOB).get()).toBeUndefined();
    expect(await new JobApi(graph, JOB, { eventuallyConsistent: true }).get()).toEqual({ id: "j" });
    expect(server?.received).toHaveLength(4);
  });

  it("requests a new token once when Graph rejects the current one", async () => {
    const over = { status: 401, headers: { "www-authenticate": 'Bearer realm="", error="invalid_token"' } };
    const graph = await client((_, n) => (n === 1 ? over : { body: { id: "j" } }));
    expect(await new JobApi(graph, JOB).get()).toEqual({ id: "j" });
    expect(server?.received).toHaveLength(2);
    await server?.close();
    const refused = await client(() => over);
    expect((await failure(new JobApi(refused, JOB).get())).status).toBe(401);
    expect(server?.received).toHaveLength(2);
  });

  it("stops after three timeouts and reports the time limit", async () => {
    server = await startScripted(authority, () => new Promise(() => undefined));
    const options = { times: { ...times, requestMs: 300 }, trust: server.ca, env: {} };
    const graph = await openGraph(scriptedSettings(server), options);
    const error = await failure(new JobApi(graph, JOB).get());
    expect(error.message).toBe(
      "Microsoft Graph did not respond to the request to read the synchronization job: no response within 0.3 seconds.",
    );
    expect(server.received).toHaveLength(3);
  });

  it("reports the response of the sign-in service when it issues no token", async () => {
    server = await startScripted(authority, () => ({}));
    const graph = await openGraph(scriptedSettings(server), { trust: server.ca, times, env: {} });
    await server.close(); // The cloud has been looked up, but the sign-in service is down.
    const error = await failure(graph.claims());
    expect(error.message).toMatch(/^Entra ID issued no token: localhost:\d+ did not respond \(.+\)\.$/);
    server = undefined;
  });

  it("returns the retry delay to the caller of a request without retries", async () => {
    const graph = await client(() => ({ status: 503, headers: { "retry-after": "3" } }));
    const error = await failure(new JobApi(graph, JOB).putSchema({}));
    expect(server?.received).toHaveLength(1);
    expect(graph.retryDelayMs(error, 0)).toBe(3000);
    expect(graph.retryDelayMs(error, 7)).toBeUndefined();
    expect(graph.retryDelayMs(new Error("of another kind"), 0)).toBeUndefined();
  });

  it("stops waiting when the caller aborts", async () => {
    const graph = await client(() => ({ status: 503, headers: { "retry-after": "4" } }));
    const stop = new AbortController();
    const waiting = failure(new JobApi(graph, JOB, { signal: stop.signal }).get());
    while (server?.received.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    stop.abort();
    expect((await waiting).name).toBe("AbortError");
  });
});

describe("unexpected answers of Graph", () => {
  const malformed: [string, Answer][] = [
    ["no body", { status: 200 }],
    ["204", {}],
    ["an empty object", { body: "{}" }],
    ["a list", { body: [] }],
    ["a string", { body: '"x"' }],
    ["null", { body: "null" }],
    ["an error object", { body: { error: { code: "x" } } }],
    ["3,000 levels", { body: `${'{"a":'.repeat(3000)}1${"}".repeat(3000)}` }],
  ];
  const unexpected = /^Microsoft Graph returned an unexpected answer to the request to /;
  const all = async (members: AsyncIterable<unknown>) => {
    for await (const _ of members);
  };

  it.each([
    ...malformed,
    ["duplicate keys", { body: '{"version":"1","version":"2","synchronizationRules":[]}' }] as [string, Answer],
  ])("are errors and never a missing or empty schema: %s", async (_name, answer) => {
    const graph = await client(() => answer);
    expect((await failure(new JobApi(graph, JOB).getSchema())).message).toMatch(unexpected);
  });

  it.each(malformed)("are errors and never a missing job or an empty group: %s", async (_name, answer) => {
    const graph = await client(() => answer);
    expect((await failure(new JobApi(graph, JOB).get())).message).toMatch(unexpected);
    expect((await failure(all(streamMembers(graph, "g", [])))).message).toMatch(unexpected);
    expect((await failure(getGroup(graph, "g"))).message).toMatch(unexpected);
  });

  it.each([
    ["rules that are null", { synchronizationRules: null }],
    ["a rule without object mappings", { synchronizationRules: [{ name: "r" }] }],
    ["an object mapping without attribute mappings", { synchronizationRules: [{ objectMappings: [{}] }] }],
  ])("are errors and never removed mappings: %s", async (_name, body) => {
    const graph = await client(() => ({ body }));
    expect((await failure(new JobApi(graph, JOB).getSchema())).message).toMatch(/missing or not valid/);
  });

  it.each([
    ["null members", { value: [null] }, unexpected],
    ["a numeric nextLink", { value: [], "@odata.nextLink": 7 }, unexpected],
    ["an empty nextLink", { value: [], "@odata.nextLink": "" }, unexpected],
    ["a relative nextLink", { value: [], "@odata.nextLink": "/groups" }, unexpected],
  ])("are errors: %s", async (_name, body, message) => {
    const graph = await client(() => ({ body }));
    expect((await failure(all(streamMembers(graph, "g", [])))).message).toMatch(message);
  });

  it("end a collection whose nextLink repeats", async () => {
    const graph = await client(() => ({
      body: { value: [], "@odata.nextLink": `${server?.url ?? ""}/v1.0/groups/g/members?page=2` },
    }));
    expect((await failure(all(streamMembers(graph, "g", [])))).message).toMatch(/returned a page a second time/);
    expect(server?.received).toHaveLength(2);
  });

  it("limit the length of an error message", async () => {
    const graph = await client(() => ({
      status: 400,
      body: { error: { code: "Bad", message: "a secret-word ".repeat(1e5) } },
    }));
    const { message } = await failure(new JobApi(graph, JOB).get());
    expect(message.length).toBeLessThan(4200);
    // A part of a token would not be redacted.
    expect(message).toMatch(/(a|secret-word) \.\.\.\)\.$/);
  });

  it("quote the service's message only if people have names", async () => {
    const answer = () => ({ status: 400, body: { error: { code: "Bad", message: "User ada@corp.com exists." } } });
    expect((await failure(new JobApi(await client(answer), JOB).get())).message).toContain("ada@corp.com");
    await server?.close();
    const counting = await client(answer, peopleWriter("counts"));
    expect((await failure(new JobApi(counting, JOB).get())).message).toBe(
      "Microsoft Graph rejected the request to read the synchronization job (400 Bad).",
    );
  });

  it("name the target of a redirect", async () => {
    const graph = await client(() => ({ status: 302, headers: { location: "https://login.example/?a=1" } }));
    expect((await failure(new JobApi(graph, JOB).get())).message).toBe(
      "Microsoft Graph rejected the request to read the synchronization job (returned 302 Found, a redirect to https://login.example).",
    );
  });
});

describe("sign-in with faults", () => {
  const oidc = (host: ScriptedServer) => ({
    ...scriptedSettings(host),
    clientSecret: undefined,
    useOidc: true,
    oidcRequestUrl: `${host.url}/oidc?version=1`,
    oidcRequestToken: "request-token",
  });
  const kinds = [
    ["client secret", scriptedSettings],
    ["federated token", oidc],
  ] as const;
  const ok = ({ path }: Received): Answer => ({
    body: path.startsWith("/oidc") ? { value: "assertion" } : { id: "j" },
  });
  const open = (settings: Record<string, unknown>) => openGraph(settings, { trust: server?.ca, times, env: {} });

  it.each(kinds)("retries a single fault of the token endpoint: %s", async (_name, settings) => {
    let faults = 0;
    server = await startScripted(authority, ok, (path) =>
      /\/token\b/.test(path) && faults++ === 0 ? { status: 503 } : undefined,
    );
    expect(await new JobApi(await open(settings(server)), JOB).get()).toEqual({ id: "j" });
    expect(faults).toBe(2);
  });

  it.each<[string, Answer]>([
    ["503", { status: 503 }],
    ["an answer that is null", { body: "null" }],
    ["an answer that is cut off", { body: "{", cut: true }],
  ])("retries a single fault of the service that issues the federated token: %s", async (_name, fault) => {
    server = await startScripted(authority, (request, n) =>
      request.path.startsWith("/oidc") && n === 1 ? fault : ok(request),
    );
    expect(await new JobApi(await open(oidc(server)), JOB).get()).toEqual({ id: "j" });
    expect(server.received[0]?.headers.authorization).toBe("Bearer request-token");
    expect(server.received[0]?.path).toContain("audience=api%3A%2F%2FAzureADTokenExchange");
  });

  it.each<[string, number, string, string]>([
    [
      "a wrong secret",
      401,
      "AADSTS7000215: Invalid client secret provided. Trace ID: 12-ab Correlation ID: 34 Timestamp: 2026-01-01 00:00:00Z",
      "AADSTS7000215: Invalid client secret provided; correct clientSecret (ARM_CLIENT_SECRET).",
    ],
    [
      "an unknown application",
      400,
      "AADSTS700016: Application with identifier 'x' was not found.\r\nTrace ID: 12-ab\r\nCorrelation ID: 34",
      "AADSTS700016: Application with identifier 'x' was not found; correct clientId (ARM_CLIENT_ID) and tenantId (ARM_TENANT_ID).",
    ],
    [
      "another error",
      400,
      "AADSTS53003: Access has been blocked. Trace ID: 12-ab Correlation ID: 34",
      "AADSTS53003: Access has been blocked (trace id 12-ab).",
    ],
  ])("reports %s in one sentence, and signs in once for all requests", async (_, status, description, reason) => {
    let signIns = 0;
    server = await startScripted(authority, ok, (path) => {
      if (!/\/token\b/.test(path)) return undefined;
      signIns++;
      return { status, body: { error: "invalid_client", error_description: description } };
    });
    const graph = await open(scriptedSettings(server));
    const api = new JobApi(graph, JOB);
    const errors = [
      ...(await Promise.all([graph.claims(), api.get(), api.getSchema()].map(failure))),
      await failure(api.get()),
    ];
    expect(errors.map(({ message }) => message)).toEqual(Array<string>(4).fill(`Entra ID issued no token: ${reason}`));
    expect(signIns).toBe(1);
  });

  it("reports a service that issues no federated token", async () => {
    server = await startScripted(authority, () => ({ body: "null" }));
    const { message } = await failure((await open(oidc(server))).claims());
    expect(message).toMatch(
      /^Entra ID issued no token: Could not obtain an OIDC token from https:\/\/localhost:\d+ \(oidcRequestUrl\): it returned an unexpected answer/,
    );
  });

  it.each<[string, RegExp, Answer, RegExp]>([
    [
      "redirects",
      /token$/,
      { status: 302, headers: { location: "https://p.example/" } },
      /302 Found, a redirect to https:\/\/p\.example/,
    ],
    [
      "returns a page",
      /token$/,
      { body: "<html>" },
      /returned an unexpected answer: the response is not complete JSON/,
    ],
    ["returns an error object with 200", /token$/, { body: { error: {} } }, /: access_token is missing or not valid/],
    ["describes nothing", /openid-configuration/, { body: {} }, /unexpected answer: \w+_endpoint is missing/],
    [
      "describes null",
      /openid-configuration/,
      { body: "null" },
      /returned an unexpected answer: it is missing or not valid/,
    ],
    [
      "describes numbers",
      /openid-configuration/,
      { body: { issuer: 1, token_endpoint: 2, authorization_endpoint: 3 } },
      /unexpected answer: \w+ is missing or not valid/,
    ],
  ])("reports a sign-in service that %s", async (_name, at, answer, expected) => {
    server = await startScripted(authority, ok, (path) => (at.test(path.replace(/\?.*/, "")) ? answer : undefined));
    const { message } = await failure((await open(scriptedSettings(server))).claims());
    expect(message).toMatch(/^Entra ID issued no token: /);
    expect(message).toMatch(expected);
    expect(message).not.toMatch(/Cannot (read|destructure)|is not a function|undefined/);
  });
});

describe("members of a group that may not exist", () => {
  const ids = async (graph: GraphClient) => {
    const found: string[] = [];
    for await (const { id } of membersIfPresent(graph, "g", [])) found.push(id);
    return found;
  };
  const group = { id: "g", displayName: "G", securityEnabled: true };

  it("are read again after one 404", async () => {
    const graph = await client(({ path }, n) =>
      path.includes("/members") ? (n === 1 ? { status: 404 } : { body: { value: [{ id: "1" }] } }) : { body: group },
    );
    expect(await ids(graph)).toEqual(["1"]);
  });

  it("are none only if the group does not exist either", async () => {
    expect(await ids(await client(() => ({ status: 404 })))).toEqual([]);
    await server?.close();
    const graph = await client(({ path }) => (path.includes("/members") ? { status: 404 } : { body: group }));
    expect((await failure(ids(graph))).status).toBe(404);
  });
});

it("does not wait a day before it starts a job again", async () => {
  const graph = await client(({ method }) =>
    method === "POST" ? { status: 429, headers: { "retry-after": "86400" } } : { body: { id: "j" } },
  );
  const ctx = {
    config: {
      graph: () => Promise.resolve(graph),
      retryDelays: { visibilityDelays: [], start: [1, 1] },
      people: peopleWriter(),
    },
    signal: new AbortController().signal,
    log: () => undefined,
    redact: (text: string) => text,
  };
  const given = { urn: "urn", inputs: { jobId: JOB, enabled: true }, preview: false };
  await expect(provisioning.create(ctx, given)).rejects.toThrow(/too busy to start the synchronization job/);
});

it("ends a call at once when the caller aborts it during the sign-in, without ending the sign-in of others", async () => {
  let issue = (_token: string): void => undefined;
  const token = new Promise<string>((resolve) => (issue = resolve));
  const cloud = { graphEndpoint: "https://graph.invalid", loginEndpoint: "https://login.invalid" };
  const graph = new GraphClient(cloud, { token: () => token }, { times });
  const stop = new AbortController();
  const [stopped, other] = [failure(graph.claims(stop.signal)), graph.claims()];
  stop.abort();
  expect((await stopped).name).toBe("AbortError");
  issue("opaque");
  expect(await other).toBeUndefined();
});

describe("JobApi", () => {
  it("writes back a schema byte for byte, including numbers", async () => {
    const text = '{"a":1.0,"b":12345678901234567890,"synchronizationRules":[],"c":[1e2,-0.10,7],"d":{"e":null}}';
    const graph = await client((request) => (request.method === "GET" ? { body: text } : {}));
    const job = new JobApi(graph, JOB);
    await job.putSchema(await job.getSchema());
    expect(server?.received[1]?.body).toBe(text);
  });
});

describe("members of a group", () => {
  it("streams members page by page with only the selected properties", async () => {
    const graph = await client((request) =>
      request.path.includes("skip")
        ? { body: { value: [{ id: "3" }] } }
        : {
            body: {
              value: [{ id: "1" }, { id: "2" }],
              "@odata.nextLink": `${server?.url ?? ""}/v1.0/groups/g/members?skip=2`,
            },
          },
    );
    const ids: string[] = [];
    for await (const member of streamMembers(graph, "g", ["mail", "id"])) ids.push(member.id);
    expect(ids).toEqual(["1", "2", "3"]);
    expect(decodeURIComponent(server?.received[0]?.path ?? "")).toBe(
      "/v1.0/groups/g/members?$select=id,displayName,mail&$top=999",
    );
  });

  it("rejects a nextLink to another host, because it would receive the token", async () => {
    const graph = await client(() => ({ body: { value: [], "@odata.nextLink": "https://example.com/steal" } }));
    const read = async () => {
      for await (const _ of streamMembers(graph, "g", [])) expect.fail("there is none");
    };
    expect((await failure(read())).message).toBe(
      "Microsoft Graph redirected to the foreign origin https://example.com while trying to list the members of the group g.",
    );
  });

  it("names the group that does not exist", async () => {
    const graph = await client(() => ({ status: 404, body: { error: { code: "Request_ResourceNotFound" } } }));
    const error = await failure(getGroup(graph, "g-1"));
    expect(error.message).toBe(
      "Microsoft Graph could not find the group g-1: it does not exist (404 Request_ResourceNotFound).",
    );
  });
});

describe("job ids", () => {
  it.each(["scim.1.2", "/servicePrincipals/x/synchronization/jobs/1", `${JOB}/schema`])(
    "rejects a job id of another form: %s",
    (id) => {
      expect(() => new JobApi({} as GraphClient, id)).toThrow(/is not of the form \/servicePrincipals/);
    },
  );
});
