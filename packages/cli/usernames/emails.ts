/** Expressions of the email that the CA receives, by the values of the stack's setting. */
export const emails = { mail: "[mail]", "mail-or-upn": "Coalesce([mail], [userPrincipalName])" } as const;

export type EmailSource = keyof typeof emails;
