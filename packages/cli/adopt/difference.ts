/** A difference between the setup and what the stack declares, as text. */
export interface Difference {
  /** `attention`: the user must decide or act. `change`: the first `up` changes it. `note`: it stays unchanged. */
  kind: "attention" | "change" | "note";
  /** Subject: "Attribute mappings". */
  about: string;
  /** The discovered state, as one sentence. */
  found: string;
  /** The effect of the first `up`, as the end of a sentence that starts with "up". */
  upEffect: string;
}
