/** An error that the command reports as one message, without a stack trace. */
export class CommandError extends Error {
  constructor(
    message: string,
    /** 1: the command cannot start. 2: an option is invalid. */
    readonly exitCode: 1 | 2 = 1,
  ) {
    super(message);
  }
}

/** Returns what the operating system reports, without its error code and the name of the system call. */
export function systemMessage(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case "ENOENT":
      return "no such file or folder";
    case "EACCES":
    case "EPERM":
      return "permission denied";
    case "EISDIR":
      return "it is a folder";
    case "ENOTDIR":
      return "a part of the path is not a folder";
    default:
      return message;
  }
}
