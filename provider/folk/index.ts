export { FolkError, NoSuchTeam, readScimToken, readTeam, withFolk, writeTeam } from "./folk";
export { clientConfig, sslmodes, type FolkSettings } from "./settings";
