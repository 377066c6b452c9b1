/** An issue with a single subject, identified by a marker that readers do not see. */
export interface Issue {
  /** Identifies the subject of the issue. It is the same in every run. */
  marker: string;
  title: string;
  /** Markdown. */
  body: string;
  /** Changes when the content is new. A new fingerprint notifies the subscribers of the issue. */
  fingerprint: string;
}

/** The action taken, for the log: `comment created`, `issue #12 updated`. */
export type Outcome = string;

/** A code host with pull requests and issues. */
export interface ScmProvider {
  /** Maximum length of a comment or an issue, in characters. */
  readonly maxLength: number;
  /** Creates the pull request's only comment with this marker, or edits it in place. */
  putComment(marker: string, body: string): Promise<Outcome>;
  /** Opens the issue, or updates the open one. Closes other open issues with the same marker. */
  putIssue(issue: Issue): Promise<Outcome>;
  /** Closes every open issue with this marker and adds a comment. */
  closeIssue(marker: string, comment: string): Promise<Outcome>;
}

/** Maximum length that we write, in characters. GitHub accepts 65,536. */
export const maxBodyLength = 64_000;

/** Returns an HTML comment, which rendered Markdown does not show. */
export function htmlComment(text: string): string {
  return `<!-- ${text.replaceAll("--", "- -")} -->`;
}

/** Returns the marker of a stack's comment or issue. */
export function markerFor(purpose: "preview" | "drift", stack: string): string {
  return `smallstep-ssh-azuread:${purpose}:${stack}`;
}
