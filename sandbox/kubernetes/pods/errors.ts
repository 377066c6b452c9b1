/** A container cannot be made as the Pod's spec says; a kubelet says so in the container's status and tries again. */
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
