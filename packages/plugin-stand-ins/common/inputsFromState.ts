import type { PropertyMap, PropertyValue } from "@smallstep-ssh/usersync/host";
import type { Inputs } from "./inputs";
import { isMap, isSame, pruned } from "./values";

/**
 * Returns the inputs that produce `state`. A refresh returns only the previous inputs, in the program's notation if it
 * is equivalent. An import (`before` is empty) returns all set properties.
 */
export function inputsFromState(inputs: Inputs, before: PropertyMap, state: PropertyMap): PropertyMap {
  const importing = Object.keys(before).length === 0;
  const result: PropertyMap = {};
  for (const [name, input] of Object.entries(inputs)) {
    const earlierInput: PropertyValue | undefined = before[name];
    const found: PropertyValue | undefined = state[name];
    if (importing) {
      if (isMap(found) && input.isUnset?.(found)) continue;
      const value = pruned(found);
      if (value !== undefined) result[name] = value;
      else if (input.required || (input.default !== undefined && found !== undefined)) result[name] = found;
    } else if (earlierInput !== undefined) {
      if (isSame(earlierInput, found, input.ordered ?? false)) result[name] = earlierInput;
      else if (typeof found === "object") result[name] = pruned(found);
      else result[name] = found;
    }
  }
  return result;
}
