/** What the e-mail that the CA sees is made of, by the names of the stack's setting. */
export const emails = { mail: "[mail]", "mail-or-upn": "Coalesce([mail], [userPrincipalName])" } as const;

export type EmailSource = keyof typeof emails;
