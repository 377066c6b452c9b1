export { rules } from "./rules/rules";
