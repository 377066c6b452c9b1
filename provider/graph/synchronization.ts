import type { GraphClient, GraphRequest } from "./client";
import { isNotFound, undefinedIfNotFound } from "./errors";

/** Reading and changing synchronization jobs, application permission. */
export const SYNCHRONIZATION_PERMISSION = "Synchronization.ReadWrite.All";

export interface SynchronizationError {
  code?: string | null;
  message?: string | null;
}

/** One run of a job, in the shape of Graph's `synchronizationTaskExecution`. */
export interface Execution {
  state?: string | null;
  timeBegan?: string | null;
  timeEnded?: string | null;
  error?: SynchronizationError | null;
  /** Objects whose export failed and is tried again. */
  countEscrowed?: number | null;
}

/** What is used of Graph's `synchronizationJob`. */
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
    /** How far the cycle under way has come. */
    progress?: { units?: string | null; completedUnits?: number | null; totalUnits?: number | null }[] | null;
    synchronizedEntryCountByType?: { key: string; value: number }[] | null;
  } | null;
}

export interface Credential {
  key: string;
  value: string;
}

/** What `parseExpression` answers. */
export interface ParsedExpression {
  parsingSucceeded: boolean;
  evaluationSucceeded: boolean;
  evaluationResult: string[];
  error: SynchronizationError | null;
  parsedExpression: unknown;
}

export interface JobOptions {
  signal?: AbortSignal;
  /** The job has been made a moment ago: "not found" is waited out, for about a minute. */
  eventuallyConsistent?: boolean;
}

const JOB_ID = /^\/servicePrincipals\/([0-9a-f-]{36})\/synchronization\/jobs\/([^/?#]+)$/i;

/** What a job id has to look like, for messages. */
export const JOB_ID_FORM = "/servicePrincipals/{object id}/synchronization/jobs/{job id}";

export function isJobId(id: string): boolean {
  return JOB_ID.test(id);
}

/** The calls of Graph's synchronization API that concern one job, named by its full id ({@link JOB_ID_FORM}). */
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

  /** The job; `undefined` when it is not there. */
  async get(): Promise<SynchronizationJob | undefined> {
    return undefinedIfNotFound(this.#call("GET", "", "read the synchronization job")) as Promise<
      SynchronizationJob | undefined
    >;
  }

  /** The whole schema, numbers as they are written; `undefined` when the job is not there. */
  async getSchema(): Promise<Record<string, unknown> | undefined> {
    const answer = await undefinedIfNotFound(
      this.#call("GET", "/schema", "read the synchronization schema", { preserveNumbers: true }),
    );
    if (answer === undefined) return undefined;
    // Of the answer, not of the schema: it does not go back.
    const { "@odata.context": _context, ...schema } = answer as Record<string, unknown>;
    return schema;
  }

  /** Replaces the whole schema. Never sent twice by itself: what is there may have changed by then. */
  async putSchema(schema: unknown): Promise<void> {
    await this.#call("PUT", "/schema", "change the synchronization schema", { body: schema, noRetry: true });
  }

  /** Restores the template's schema; that the job is not there is as good. */
  async deleteSchema(): Promise<void> {
    await this.#unlessNoJob(() => this.#call("DELETE", "/schema", "reset the synchronization schema"));
  }

  /** Not repeated on refusal: how long to wait for that is the caller's to decide. */
  async start(): Promise<void> {
    await this.#call("POST", "/start", "start the synchronization job", {
      idempotent: true,
      callerHandlesConflict: true,
    });
  }

  /** False when the job is not there. */
  async pause(): Promise<boolean> {
    return this.#unlessNoJob(() => this.#call("POST", "/pause", "pause the synchronization job", { idempotent: true }));
  }

  /** Without `resetScope`: as the portal's button does. */
  async restart(resetScope?: string): Promise<void> {
    const criteria = resetScope === undefined ? {} : { resetScope };
    // Twice resets no more than once.
    await this.#call("POST", "/restart", "restart the synchronization job", { body: { criteria }, idempotent: true });
  }

  /** The portal's "Test connection". @throws GraphError with what the service found wrong. */
  async validateCredentials(credentials: readonly Credential[]): Promise<void> {
    const body = { useSavedCredentials: false, credentials };
    const what = "validate the SCIM credentials";
    await this.#call("POST", "/validateCredentials", what, { body, idempotent: true });
  }

  /** How the service itself reads an expression, and evaluates it for the given attributes. */
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

  /** False when the job is not there, which a single "not found" does not prove: a replica may lag. */
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

/** The synchronization templates of an application (`scim`, `customappsso`, ...): ids and tags. */
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
