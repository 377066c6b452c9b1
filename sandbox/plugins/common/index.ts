export { define, type Definition } from "./define";
export { planDiff } from "./diff";
export { areGuids, checkInputs, isGuid, isNotEmpty, type Input, type Inputs } from "./inputs";
export { inputsFromState } from "./inputsFromState";
export { isMap, isSame, pruned } from "./values";
