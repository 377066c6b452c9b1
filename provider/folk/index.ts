export { FolkError, NoSuchTeam, readScimToken, readTeam, teamsUsing, withFolk, writeTeam } from "./folk";
export { clientConfig, sslmodes, type FolkSettings } from "./settings";
