export * from "./attributeMappings";
export * from "./checkUsernames";
export * from "./provisioning";
export * from "./testConnection";
