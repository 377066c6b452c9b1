export { FolkError, NoSuchTeam, readScimToken, readTeam, teamsOf, withFolk, writeTeam } from "./folk";
export { clientConfig, sslmodes, type FolkSettings } from "./settings";
