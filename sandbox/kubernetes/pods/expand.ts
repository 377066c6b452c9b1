/**
 * Expands `$(NAME)` the way a kubelet does: a known name gives its value, an unknown one stays as written, and `$$`
 * is one dollar sign, so that `$$(NAME)` is the text `$(NAME)`.
 */
export function expand(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replace(/\$(?:(\$)|\(([^)]*)\))/g, (written: string, dollar: string | undefined, name: string) =>
    dollar !== undefined ? "$" : (variables.get(name) ?? written),
  );
}
