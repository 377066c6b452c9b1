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

/** What the operating system reports, without its error code and the name of the system call. */
const systemMessages: Readonly<Record<string, string>> = {
  ENOENT: "no such file or folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of the path is not a folder",
};

/** Runs an action on files. `action` completes "Cannot ...", e.g. `read FILE (--seed)`. @throws CommandError if it fails */
export function onFiles<T>(action: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    throw new CommandError(`Cannot ${action}: ${systemMessages[code] ?? message}.`);
  }
}
