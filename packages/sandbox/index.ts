export { type Engine, engineVersion, obtainEngine } from "./engine/engine";
export { controlPlaneProblem, findEngine, findStepCa } from "./engine/engineAvailability";
export { goBuild } from "./engine/goBuild";
export { defaultCacheDir, obtain, ObtainError, platform, type Way } from "./engine/obtain";
export { ControlPlaneUnavailable, obtainControlPlane } from "./kubernetes/binaries";
export { freePort } from "./kubernetes/child";
export { type Cluster, startCluster } from "./kubernetes/cluster";
export { loadKubeconfig } from "./kubernetes/kubeconfig";
export { containerEnvironment } from "./kubernetes/pods/environment";
export { expand } from "./kubernetes/pods/expand";
export { type PodRunner, startPodRunner } from "./kubernetes/pods/runner";
export {
  followQuickstart,
  type ManualSetup,
  type QuickstartDeviations,
  userNames,
} from "./quickstart/followQuickstart";
export { Cleanup } from "./run/cleanup";
export { type SandboxEnvironment, startSandboxEnvironment } from "./run/environment";
export type { SandboxOptions } from "./run/options";
export { choosePlugins, type Plugins } from "./run/plugins";
export { leaks } from "./run/secrets";
export { asConfig, emailDomain, namespace, sandboxSettings } from "./run/settings";
export { Shell } from "./run/shell";
export { isUnchanged, type Operation, passphrase, projectName, SandboxStack } from "./run/stack";
export { until } from "./run/steps/queries";
export { credentialsEnvironment, projectFolder, pulumiHome, toolEnvironment } from "./run/toolEnvironment";
export { startStandIn } from "./smallstep/ca/stand-in/server";
export { obtainStepCa } from "./smallstep/ca/step-ca/obtain";
export { signUser } from "./smallstep/ca/step-ca/sign";
export type { CertificateAuthority } from "./smallstep/ca/types";
export { type Database, type Login, startDatabase } from "./smallstep/database/startDatabase";
export { type Smallstep, startSmallstep } from "./smallstep/smallstep";
