/**
 * A container cannot be created as the Pod's spec requires. Like a kubelet, the runner reports this in the container's
 * status and retries.
 */
export class ContainerConfigError extends Error {
  constructor(
    message: string,
    readonly reason:
      | "CreateContainerConfigError"
      | "CreateContainerError"
      | "ErrImagePull"
      | "ContainerCreating" = "CreateContainerConfigError",
  ) {
    super(message);
    this.name = "ContainerConfigError";
  }
}
