export { openGraph, type OpenOptions } from "./clients/graph/openGraph";
