import { boundedList } from "entra-mappings";

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

/** An open issue of the code host. */
export interface OpenIssue {
  id: number;
  /** Returns what is new in an issue: the reported drift, only its text, or nothing. */
  compare(issue: Issue): "drift" | "text" | "nothing";
  /** Writes the issue. @param isNew adds a comment, because a code host sends no notification for an edit */
  edit(issue: Issue, isNew: boolean): Promise<void>;
  close(comment: string, reason: "completed" | "duplicate"): Promise<void>;
}

/** The requests to a code host. */
export interface Requests {
  /** The pull request in messages: `#12`. @throws CliError if it is unknown */
  pullRequestName(): string;
  /** Finds the pull request's oldest comment of ours with this marker. */
  findComment(marker: string): Promise<{ body: string; edit(body: string): Promise<void> } | undefined>;
  createComment(marker: string, body: string): Promise<void>;
  /** The kind of an issue in messages, and the text before its number: `issue`, `issue #`. */
  issueKind: string;
  issuePrefix: string;
  /** Finds our open issues with this marker, oldest first. */
  findIssues(marker: string): Promise<OpenIssue[]>;
  /** Opens an issue and returns its number. */
  openIssue(issue: Issue): Promise<number>;
}

/** A code host with pull requests and issues. Each method returns the action taken, for the log: `issue #12 updated`. */
export interface CodeHost {
  /** Creates the pull request's only comment with this marker, or edits it in place. */
  putComment(marker: string, body: string): Promise<string>;
  /** Opens the issue, or updates the open one. Closes other open issues with the same marker. */
  putIssue(issue: Issue): Promise<string>;
  /** Closes every open issue with this marker and adds a comment. */
  closeIssue(marker: string, comment: string): Promise<string>;
}

export function codeHost(requests: Requests): CodeHost {
  const nameOf = ({ id }: { id: number }) => `${requests.issuePrefix}${id}`;
  return {
    async putComment(marker, body) {
      const name = `comment on ${requests.pullRequestName()}`;
      const found = await requests.findComment(marker);
      if (found === undefined) {
        await requests.createComment(marker, body);
        return `${name} created`;
      }
      if (isSameText(found.body, body)) return `${name} unchanged`;
      await found.edit(body);
      return `${name} updated`;
    },
    async putIssue(issue) {
      const [first, ...others] = await requests.findIssues(issue.marker);
      if (first === undefined) return `${nameOf({ id: await requests.openIssue(issue) })} opened`;
      for (const other of others) await other.close(`Duplicate of #${first.id}`, "duplicate");
      const change = first.compare(issue);
      if (change === "nothing") return `${nameOf(first)} is up to date`;
      await first.edit(issue, change === "drift");
      return `${nameOf(first)} updated`;
    },
    async closeIssue(marker, comment) {
      const open = await requests.findIssues(marker);
      for (const one of open) await one.close(comment, "completed");
      return open.length === 0
        ? `no ${requests.issueKind} is open`
        : `closed ${boundedList(open.map(nameOf)).join(", ")}`;
    },
  };
}

/** Compares two texts without regard to line ends. Text saved in a browser has CRLF line ends. */
export function isSameText(a: string, b: string): boolean {
  return a.replaceAll("\r\n", "\n").trimEnd() === b.trimEnd();
}

/** Maximum length that we write, in characters. GitHub accepts 65,536. Leaves room for the markers. */
export const maxBodyLength = 63_500;

/** Returns an HTML comment, which rendered Markdown does not show. */
export function htmlComment(text: string): string {
  return `<!-- ${text.replaceAll("--", "- -")} -->`;
}

/** Returns the marker of a stack's comment or issue. */
export function markerFor(purpose: "preview" | "drift", stack: string): string {
  return `smallstep-ssh-azuread:${purpose}:${stack}`;
}
