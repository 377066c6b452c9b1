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

/** The stack's components that contain imported resources. */
export const components = {
  oidc: { type: "smallstep-ssh:components:OidcApplication", name: "smallstep-ssh" },
  userSync: { type: "smallstep-ssh:components:UserProvisioning", name: "smallstep-usersync" },
} as const;

/** An existing resource of the stack, with the type and the name that the program declares. */
export interface Import {
  type: string;
  name: string;
  component: keyof typeof components;
  /** Import id in the format of the provider's documentation. */
  id: string;
}

/** One part of the setup: what it is, what is imported of it, and how it differs. */
export interface Part {
  /** Label and value of its line in the report. */
  found: readonly [label: string, value: string];
  imports: Import[];
  /** Settings that it determines, by section. The defaults are removed later. */
  settings: { oidc?: Record<string, unknown>; scim?: Record<string, unknown>; mapping?: object };
  differences: Difference[];
}

type Entry = readonly [kind: Difference["kind"], found: string, upEffect: string];

/** Returns the differences of one subject. An entry is false if this difference does not exist. */
export function differencesOf(about: string, entries: readonly (Entry | false)[]): Difference[] {
  return entries.flatMap((entry) => {
    if (entry === false) return [];
    const [kind, found, upEffect] = entry;
    return [{ kind, about, found, upEffect }];
  });
}

/** Returns an import of the azuread provider. @param suffix end of the resource's name, after the component's */
export function entraImport(component: Import["component"], type: string, id: string, suffix = ""): Import {
  const module = `${type.charAt(0).toLowerCase()}${type.slice(1)}`;
  return { type: `azuread:index/${module}:${type}`, name: components[component].name + suffix, component, id };
}
