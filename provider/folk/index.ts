export { DatabaseError, NoSuchTeam, readScimToken, readTeam, teamsUsing, withDatabase, writeTeam } from "./folk";
export { clientConfig, isLoopback, sslmodes, cleartextProblem, type DatabaseSettings } from "./settings";
