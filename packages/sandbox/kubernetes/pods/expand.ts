/**
 * Expands `$(NAME)` as a kubelet does. A known name becomes its value, and an unknown name stays unchanged. `$$`
 * becomes one dollar sign, so `$$(NAME)` becomes the text `$(NAME)`.
 */
export function expand(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(/\$(?:(\$)|\(([^)]*)\))/g, (written: string, dollar: string | undefined, name: string) =>
    dollar !== undefined ? "$" : (variables.get(name) ?? written),
  );
}
