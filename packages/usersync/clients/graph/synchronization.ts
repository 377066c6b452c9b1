import * as z from "zod/mini";
import type { PeopleWriter } from "entra-mappings";
import type { GraphClient, GraphRequest } from "./client";
import { isNotFound, undefinedIfNotFound } from "./errors";
import { synchronizationSchema, type SynchronizationSchema } from "./schema";

/** Application permission to read and change synchronization jobs. */
export const SYNCHRONIZATION_PERMISSION = "Synchronization.ReadWrite.All";

const text = z.nullish(z.string());
const number = z.nullish(z.number());
const synchronizationError = z.nullish(z.object({ code: text, message: text }));

/** One run of a job: subset of Graph's `synchronizationTaskExecution`. */
const execution = z.object({
  state: text,
  timeBegan: text,
  timeEnded: text,
  error: synchronizationError,
  /** Number of objects whose export failed and is retried. */
  countEscrowed: number,
});
export type Execution = z.infer<typeof execution>;

/** Subset of Graph's `synchronizationJob`. */
export const synchronizationJob = z.object({
  id: z.string(),
  templateId: text,
  schedule: z.nullish(z.object({ state: text, interval: text })),
  status: z.nullish(
    z.object({
      code: text,
      lastExecution: z.nullish(execution),
      lastSuccessfulExecution: z.nullish(execution),
      quarantine: z.nullish(
        z.object({ currentBegan: text, seriesBegan: text, reason: text, error: synchronizationError }),
      ),
      /** Progress of the current cycle. */
      progress: z.nullish(z.array(z.object({ units: text, completedUnits: number, totalUnits: number }))),
      synchronizedEntryCountByType: z.nullish(z.array(z.object({ key: z.string(), value: z.number() }))),
    }),
  ),
});
export type SynchronizationJob = z.infer<typeof synchronizationJob>;

export interface Credential {
  key: string;
  value: string;
}

/** Response of `parseExpression`. */
const parsedExpression = z.object({
  parsingSucceeded: z.boolean(),
  evaluationSucceeded: z.nullish(z.boolean()),
  evaluationResult: z.nullish(z.array(z.string())),
  error: synchronizationError,
  parsedExpression: z.optional(z.unknown()),
});
export type ParsedExpression = z.infer<typeof parsedExpression>;

export interface JobOptions {
  signal?: AbortSignal | undefined;
  /** The job may be new: retry a 404 for about a minute. */
  eventuallyConsistent?: boolean | undefined;
}

/** Omits messages of the service, which may quote users. Their codes stay. */
function withoutQuotes(job: SynchronizationJob, people: PeopleWriter): SynchronizationJob {
  for (const part of [job.status?.quarantine, job.status?.lastExecution, job.status?.lastSuccessfulExecution]) {
    if (part?.error?.message != null) part.error.message = people.quote(part.error.message, "");
  }
  return job;
}

const JOB_ID = /^\/servicePrincipals\/([0-9a-f-]{36})\/synchronization\/jobs\/([^/?#]+)$/i;

/** Form of a job id, for messages. */
export const JOB_ID_FORM = "/servicePrincipals/{object id}/synchronization/jobs/{job id}";

export function isJobId(id: string): boolean {
  return JOB_ID.test(id);
}

/**
 * Client of Graph's synchronization API for one job, identified by its full id ({@link JOB_ID_FORM}). All methods throw
 * GraphError.
 */
export class JobApi {
  readonly #path: string;

  constructor(
    private readonly graph: GraphClient,
    jobId: string,
    private readonly options: JobOptions = {},
  ) {
    const match = JOB_ID.exec(jobId);
    if (match === null) throw new Error(`"${jobId}" is not of the form ${JOB_ID_FORM}.`);
    const [, servicePrincipal = "", job = ""] = match;
    this.#path = `/servicePrincipals/${servicePrincipal}/synchronization/jobs/${encodeURIComponent(decodeURIComponent(job))}`;
  }

  /** Reads the job; `undefined` if it does not exist. */
  async get(): Promise<SynchronizationJob | undefined> {
    const call = this.#call("GET", "", "read the synchronization job");
    const job = await undefinedIfNotFound(this.graph.request(call, synchronizationJob));
    return job && withoutQuotes(job, this.graph.people);
  }

  /** Reads the whole schema and preserves the spelling of numbers; `undefined` if the job does not exist. */
  async getSchema(): Promise<SynchronizationSchema | undefined> {
    const operation = "read the synchronization schema";
    const call = this.#call("GET", "/schema", operation, { preserveNumbers: true });
    const answer = await undefinedIfNotFound(this.graph.request(call, synchronizationSchema));
    // This property belongs to the response, not to the schema, so it must not be written back.
    if (answer !== undefined) delete answer["@odata.context"];
    return answer;
  }

  /** Replaces the whole schema. Never retries, because another client may have changed the schema meanwhile. */
  async putSchema(schema: unknown): Promise<void> {
    const operation = "change the synchronization schema";
    await this.graph.request(this.#call("PUT", "/schema", operation, { body: schema, noRetry: true }));
  }

  /** Restores the schema of the template. Succeeds if the job does not exist. */
  async deleteSchema(): Promise<void> {
    await this.#unlessNoJob(this.#call("DELETE", "/schema", "reset the synchronization schema"));
  }

  /** Starts the job. Does not retry a 409, because the caller decides how long to wait. */
  async start(): Promise<void> {
    const traits = { idempotent: true, callerHandlesConflict: true };
    await this.graph.request(this.#call("POST", "/start", "start the synchronization job", traits));
  }

  /** Pauses the job. Returns false if it does not exist. */
  async pause(): Promise<boolean> {
    return this.#unlessNoJob(this.#call("POST", "/pause", "pause the synchronization job", { idempotent: true }));
  }

  /** Restarts the job. Without `resetScope`, does the same as the portal's button. */
  async restart(resetScope?: string): Promise<void> {
    const criteria = resetScope === undefined ? {} : { resetScope };
    // A second restart has no further effect.
    const more = { body: { criteria }, idempotent: true };
    await this.graph.request(this.#call("POST", "/restart", "restart the synchronization job", more));
  }

  /**
   * Tests the connection like the portal's "Test connection".
   * @throws GraphError with the error that the service reports
   */
  async validateCredentials(credentials: readonly Credential[]): Promise<void> {
    const body = { useSavedCredentials: false, credentials };
    const more = { body, idempotent: true };
    await this.graph.request(this.#call("POST", "/validateCredentials", "validate the SCIM credentials", more));
  }

  /** Lets the service parse an expression and evaluate it with the given attributes. */
  async parseExpression(
    expression: string,
    attributes: Readonly<Record<string, string | readonly string[]>> = {},
  ): Promise<ParsedExpression> {
    const properties = Object.entries(attributes).map(([key, value]) =>
      typeof value === "string" ? { key, value } : { key, "value@odata.type": "#Collection(String)", value },
    );
    const body = { expression, targetAttributeDefinition: null, testInputObject: { definition: null, properties } };
    const more = { body, idempotent: true };
    const call = this.#call("POST", "/schema/parseExpression", "parse an expression", more);
    return this.graph.request(call, parsedExpression);
  }

  /** Returns false if the job does not exist. Reads the job to confirm a 404, because a replica may lag behind. */
  async #unlessNoJob(call: GraphRequest): Promise<boolean> {
    try {
      await this.graph.request(call);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      if ((await this.get()) === undefined) return false;
      await this.graph.request(call);
    }
    return true;
  }

  #call(
    method: GraphRequest["method"],
    path: string,
    operation: string,
    more: Partial<GraphRequest> = {},
  ): GraphRequest {
    const permission = SYNCHRONIZATION_PERMISSION;
    return { method, path: this.#path + path, operation, permission, ...this.options, ...more };
  }
}
