export { blocks, lineEnd } from "./usernames/blocks";
export { forEachLine } from "./usernames/lines";
