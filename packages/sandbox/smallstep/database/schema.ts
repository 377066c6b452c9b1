/**
 * Schema of the sandbox's `folk`. Smallstep documents teams.slug, teams.ssh_directory_id and scim_logins.token. The rest is an
 * assumption. It exists to verify that a deployment does not change it.
 */
export const schemaSql = `
create table teams (
  id uuid primary key default gen_random_uuid(),
  slug text not null unique,
  name text not null,
  ssh_directory_id uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create table directories (
  id uuid primary key,
  team_id uuid not null references teams (id),
  name text not null,
  created_at timestamptz not null default now()
);
create table scim_logins (
  id uuid primary key default gen_random_uuid(),
  directory_id uuid not null references directories (id),
  token text not null,
  created_at timestamptz not null default now()
);
create table authorities (
  id uuid primary key,
  team_id uuid not null references teams (id),
  slug text not null,
  domain text not null,
  created_at timestamptz not null default now()
);
create table hosts (
  id uuid primary key default gen_random_uuid(),
  team_id uuid not null references teams (id),
  hostname text not null,
  tags jsonb not null default '{}'
);
create table audit_log (
  id bigint generated always as identity primary key,
  team_id uuid not null references teams (id),
  event text not null,
  at timestamptz not null default now()
);
`;

export const tables = ["teams", "directories", "scim_logins", "authorities", "hosts", "audit_log"] as const;
