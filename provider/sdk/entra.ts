export * from "./attributeMappings";
export * from "./checkUsernames";
export * from "./provisioning";
