import type { GraphClient, GraphRequest } from "./client";
import { isNotFound, undefinedIfNotFound } from "./errors";

/** Application permission to read and change synchronization jobs. */
export const SYNCHRONIZATION_PERMISSION = "Synchronization.ReadWrite.All";

export interface SynchronizationError {
  code?: string | null;
  message?: string | null;
}

/** One run of a job: subset of Graph's `synchronizationTaskExecution`. */
export interface Execution {
  state?: string | null;
  timeBegan?: string | null;
  timeEnded?: string | null;
  error?: SynchronizationError | null;
  /** Number of objects whose export failed and is retried. */
  countEscrowed?: number | null;
}

/** Subset of Graph's `synchronizationJob`. */
export interface SynchronizationJob {
  id: string;
  templateId?: string | null;
  schedule?: { state?: string | null; interval?: string | null } | null;
  status?: {
    code?: string | null;
    lastExecution?: Execution | null;
    lastSuccessfulExecution?: Execution | null;
    quarantine?: {
      currentBegan?: string | null;
      seriesBegan?: string | null;
      reason?: string | null;
      error?: SynchronizationError | null;
    } | null;
    /** Progress of the current cycle. */
    progress?: { units?: string | null; completedUnits?: number | null; totalUnits?: number | null }[] | null;
    synchronizedEntryCountByType?: { key: string; value: number }[] | null;
  } | null;
}

export interface Credential {
  key: string;
  value: string;
}

/** Response of `parseExpression`. */
export interface ParsedExpression {
  parsingSucceeded: boolean;
  evaluationSucceeded: boolean;
  evaluationResult: string[];
  error: SynchronizationError | null;
  parsedExpression: unknown;
}

export interface JobOptions {
  signal?: AbortSignal;
  /** The job may be new: retry a 404 for about a minute. */
  eventuallyConsistent?: boolean;
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
    return undefinedIfNotFound(this.#call("GET", "", "read the synchronization job")) as Promise<
      SynchronizationJob | undefined
    >;
  }

  /** Reads the whole schema and preserves the spelling of numbers; `undefined` if the job does not exist. */
  async getSchema(): Promise<Record<string, unknown> | undefined> {
    const answer = await undefinedIfNotFound(
      this.#call("GET", "/schema", "read the synchronization schema", { preserveNumbers: true }),
    );
    if (answer === undefined) return undefined;
    // This property belongs to the response, not to the schema, so it must not be written back.
    const { "@odata.context": _context, ...schema } = answer as Record<string, unknown>;
    return schema;
  }

  /** Replaces the whole schema. Never retries, because another client may have changed the schema meanwhile. */
  async putSchema(schema: unknown): Promise<void> {
    await this.#call("PUT", "/schema", "change the synchronization schema", { body: schema, noRetry: true });
  }

  /** Restores the schema of the template. Succeeds if the job does not exist. */
  async deleteSchema(): Promise<void> {
    await this.#unlessNoJob(() => this.#call("DELETE", "/schema", "reset the synchronization schema"));
  }

  /** Starts the job. Does not retry a 409, because the caller decides how long to wait. */
  async start(): Promise<void> {
    await this.#call("POST", "/start", "start the synchronization job", {
      idempotent: true,
      callerHandlesConflict: true,
    });
  }

  /** Pauses the job. Returns false if it does not exist. */
  async pause(): Promise<boolean> {
    return this.#unlessNoJob(() => this.#call("POST", "/pause", "pause the synchronization job", { idempotent: true }));
  }

  /** Restarts the job. Without `resetScope`, does the same as the portal's button. */
  async restart(resetScope?: string): Promise<void> {
    const criteria = resetScope === undefined ? {} : { resetScope };
    // A second restart has no further effect.
    await this.#call("POST", "/restart", "restart the synchronization job", { body: { criteria }, idempotent: true });
  }

  /**
   * Tests the connection like the portal's "Test connection".
   * @throws GraphError with the error that the service reports
   */
  async validateCredentials(credentials: readonly Credential[]): Promise<void> {
    const body = { useSavedCredentials: false, credentials };
    const operation = "validate the SCIM credentials";
    await this.#call("POST", "/validateCredentials", operation, { body, idempotent: true });
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
    const answer = (await this.#call("POST", "/schema/parseExpression", "parse an expression", {
      body,
      idempotent: true,
    })) as Partial<ParsedExpression> | undefined;
    return {
      parsingSucceeded: answer?.parsingSucceeded ?? false,
      evaluationSucceeded: answer?.evaluationSucceeded ?? false,
      evaluationResult: answer?.evaluationResult ?? [],
      error: answer?.error ?? null,
      parsedExpression: answer?.parsedExpression ?? null,
    };
  }

  /** Returns false if the job does not exist. Reads the job to confirm a 404, because a replica may lag behind. */
  async #unlessNoJob(call: () => Promise<unknown>): Promise<boolean> {
    try {
      await call();
    } catch (error) {
      if (!isNotFound(error)) throw error;
      if ((await this.get()) === undefined) return false;
      await call();
    }
    return true;
  }

  #call(
    method: "GET" | "PUT" | "POST" | "DELETE",
    path: string,
    operation: string,
    more: Pick<GraphRequest, "body" | "idempotent" | "callerHandlesConflict" | "preserveNumbers" | "noRetry"> = {},
  ): Promise<unknown> {
    const permission = SYNCHRONIZATION_PERMISSION;
    return this.graph.request({ method, path: this.#path + path, operation, permission, ...this.options, ...more });
  }
}

/** Lists the synchronization templates of an application (`scim`, `customappsso`, ...). @throws GraphError */
export async function listTemplates(
  graph: GraphClient,
  servicePrincipalId: string,
  options: JobOptions = {},
): Promise<{ id: string; factoryTag?: string }[]> {
  const answer = (await graph.request({
    method: "GET",
    path: `/servicePrincipals/${encodeURIComponent(servicePrincipalId)}/synchronization/templates`,
    operation: "list the synchronization templates",
    permission: SYNCHRONIZATION_PERMISSION,
    ...options,
  })) as { value?: { id: string; factoryTag?: string }[] } | undefined;
  return answer?.value ?? [];
}
