/** One issue about one thing, found again by a marker that readers do not see. */
export interface Issue {
  /** Names what the issue is about; the same each time. */
  marker: string;
  title: string;
  /** Markdown. */
  body: string;
  /** Changes when there is something new to say: then whoever follows the issue is told. */
  fingerprint: string;
}

/** What was done, for the log: `comment created`, `issue #12 updated`. */
export type Outcome = string;

/** Where pull requests and issues are. */
export interface ScmProvider {
  /** Longest text of a comment or an issue, in characters. */
  readonly maxLength: number;
  /** Writes the pull request's only comment with this marker, or edits it in place. */
  putComment(marker: string, body: string): Promise<Outcome>;
  /** Opens the issue, or brings the open one up to date; others with its marker are closed. */
  putIssue(issue: Issue): Promise<Outcome>;
  /** Closes whatever issue of this marker is open, with a last word. */
  closeIssue(marker: string, comment: string): Promise<Outcome>;
}

/** GitHub takes 65,536 characters. */
export const maxBodyLength = 64_000;

/** A line that Markdown does not show. */
export function htmlComment(text: string): string {
  return `<!-- ${text.replaceAll("--", "- -")} -->`;
}

/** The marker of a stack's comment or issue. */
export function markerFor(what: "preview" | "drift", stack: string): string {
  return `smallstep-ssh-azuread:${what}:${stack}`;
}
