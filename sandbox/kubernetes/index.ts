export { ControlPlaneUnavailable, obtainControlPlane, type ControlPlane } from "./binaries";
export { startCluster, type Cluster } from "./cluster";
export { type ImageTable, type StartedProcess } from "./pods/container";
export { startPodRunner, type PodRunner } from "./pods/runner";
