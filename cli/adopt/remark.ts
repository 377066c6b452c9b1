/** What is other than the stack declares it, in words. */
export interface Difference {
  /** `attention`: a person must decide or act; `change`: the first `up` changes it; `note`: it stays as it is. */
  kind: "attention" | "change" | "note";
  /** What it is about: "Attribute mappings". */
  about: string;
  /** What was found: one sentence. */
  found: string;
  /** What the first `up` does about it, as the end of a sentence that starts with "up". */
  upEffect: string;
}
