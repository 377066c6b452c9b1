export { type GitHubStandIn, startGitHub } from "./test/scmStubs/github";
