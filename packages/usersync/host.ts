export { diffInputs } from "./host/diff";
export { formatPath } from "./host/paths";
export { listen, serve } from "./host/serve";
export { isReservedValue, SECRET, SIGNATURE, UNKNOWN_VALUE, UNKNOWN_VALUES } from "./host/signatures";
export {
  type CallContext,
  type CheckFailure,
  type CheckResult,
  type DiffResult,
  type FunctionHandler,
  InputErrors,
  isMap,
  PartialFailure,
  type Plugin,
  type PropertyDiffKind,
  type PropertyMap,
  type PropertyValue,
  type ResourceHandler,
  UNKNOWN,
} from "./host/types";
export { hasUnknown } from "./host/wire";
