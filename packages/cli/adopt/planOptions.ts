/** Decisions of the user that the setup does not determine. */
export interface PlanOptions {
  /** `keep`: the client secret keeps its value. `rotate`: the first `up` creates a new one. */
  clientSecret: "keep" | "rotate";
  /** Keep every mapping that settings can express. */
  keepMappings: boolean;
  /** URL of the OIDC configuration that the stack would register, for this tenant and cloud. */
  configurationEndpoint: string;
  now: Date;
}

/** Results of the plan that the differences depend on. */
export interface PlanContext {
  adminConsent: boolean;
  redirectUris: readonly string[];
  /** Tenant URL that the stack would provision to. Undefined: unknown, or the address has another form. */
  tenantUrl: string | undefined;
}
