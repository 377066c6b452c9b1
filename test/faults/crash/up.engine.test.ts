import { testCrashes } from "./testCrashes";

testCrashes("up");
