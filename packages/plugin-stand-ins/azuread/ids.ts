/**
 * Extracts the object ids from an azuread id such as `/applications/{id}`. `form` describes it:
 * `/servicePrincipals/:sp/appRoleAssignedTo/:id`.
 * @throws Error if the id does not have this form
 */
export function parseId(id: string, form: string): string[] {
  const pattern = new RegExp(`^${form.replace(/:\w+/g, "([^/]+)")}$`, "i");
  const match = pattern.exec(id);
  if (match === null) throw new Error(`"${id}" is not an id of the form ${form.replace(/:(\w+)/g, "{$1}")}.`);
  return match.slice(1);
}

/** Returns an input check for ids of this form. */
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
