import { deploy } from "./stack";

/** What `pulumi up` runs; its result becomes the stack's outputs. */
export = () => deploy();
