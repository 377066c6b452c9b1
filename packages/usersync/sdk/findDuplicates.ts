import { findDuplicates as findDuplicatesFunction } from "../functions/findDuplicates";
import { invocations } from "./declared";

export const [findDuplicates] = invocations(findDuplicatesFunction);
