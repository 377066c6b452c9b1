/** The source of a target attribute's value. */
export interface MappingSource {
  type: "Attribute" | "Constant" | "Function";
  /** The name of the attribute, the value of the constant, or the name of the function. */
  name: string;
  expression?: string | null;
  parameters?: { key: string; value: MappingSource }[] | null;
}
