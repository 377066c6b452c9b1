export * from "./attributeMappings";
export * from "./checkUsernames";
export * from "./connectionTest";
export * from "./getGroup";
export * from "./provisioning";
