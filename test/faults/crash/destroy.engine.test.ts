import { testCrashes } from "./testCrashes";

testCrashes("destroy");
