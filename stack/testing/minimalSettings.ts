/** Returns the smallest valid configuration. Each test modifies its own copy. */
export function minimalSettings() {
  return {
    tenantId: "5f0a4ad4-5f0c-4d1c-9a4f-b0a8c0e9a001",
    oidc: { emailDomains: ["example.com"] },
    scim: { baseUrl: "https://scim.example.com", directoryId: "1f3c1c4e-0e0b-4a55-8f0e-1d7e4a1b2c3d" },
    smallstep: {
      teamSlug: "acme",
      apiHost: "api.example.com",
      authorityId: "ssh-authority",
      caUrl: "https://ssh.acme.ca.example.com",
    },
    kubernetes: { adminToolsImage: "registry.example.com/smallstep/admin-tools:1" },
    database: { host: "folk.example.com", username: "deployer", password: "not-a-real-password" },
  };
}
