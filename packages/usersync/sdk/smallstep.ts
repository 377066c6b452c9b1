export * from "./getScimLogin";
export * from "./registration";
