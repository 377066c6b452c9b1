/** The bare ids in an id of azuread (`/applications/{id}`), by its form: `/servicePrincipals/:sp/appRoleAssignedTo/:id`. */
export function parseId(id: string, form: string): string[] {
  const pattern = new RegExp(`^${form.replace(/:\w+/g, "([^/]+)")}$`, "i");
  const match = pattern.exec(id);
  if (match === null) throw new Error(`"${id}" is not an id of the form ${form.replace(/:(\w+)/g, "{$1}")}.`);
  return match.slice(1);
}

/** A check for inputs that hold such an id. */
export const isIdOf =
  (form: string) =>
  (value: string): string | undefined => {
    try {
      parseId(value, form);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  };
