export { FolkError, NoSuchTeam, readScimToken, readTeam, teamsUsing, withFolk, writeTeam } from "./folk";
export { clientConfig, isLoopback, sslmodes, whyNotInClear, type FolkSettings } from "./settings";
