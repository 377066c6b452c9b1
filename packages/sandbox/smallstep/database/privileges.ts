import type { QueryResultRow } from "pg";

type Query = <Row extends QueryResultRow>(sql: string, params?: unknown[]) => Promise<Row[]>;

/** SQL condition that selects PostgreSQL's own schemas. */
const own = "(n.nspname like 'pg\\_%' or n.nspname = 'information_schema')";

/** Queries for every privilege that a role can hold, as rows of (what, privilege). $1 is the role. */
const catalogue = [
  `select 'database ' || quote_ident(datname) as what, p as privilege
     from pg_database, unnest(array['CONNECT', 'CREATE', 'TEMPORARY']) p
    where datallowconn and has_database_privilege($1, oid, p)`,
  `select 'schema ' || quote_ident(n.nspname), p from pg_namespace n, unnest(array['USAGE', 'CREATE']) p
    where not ${own} and has_schema_privilege($1, n.oid, p)`,
  `select 'table ' || c.oid::regclass, p
     from pg_class c join pg_namespace n on n.oid = c.relnamespace,
          unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'MAINTAIN']) p
    where c.relkind in ('r', 'p', 'v', 'm', 'f') and not ${own} and has_table_privilege($1, c.oid, p)`,
  `select 'column ' || c.oid::regclass || '.' || quote_ident(a.attname), p
     from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace,
          unnest(array['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) p
    where c.relkind in ('r', 'p', 'v', 'm', 'f') and not a.attisdropped and not ${own}
      and has_column_privilege($1, c.oid, a.attnum, p)`,
  `select 'sequence ' || c.oid::regclass, p
     from pg_class c join pg_namespace n on n.oid = c.relnamespace, unnest(array['USAGE', 'SELECT', 'UPDATE']) p
    where c.relkind = 'S' and not ${own} and has_sequence_privilege($1, c.oid, p)`,
  // Of PostgreSQL's own functions, only those that run with the rights of their owner.
  `select case when f.prosecdef then 'security definer ' else '' end || 'function ' || f.oid::regprocedure, 'EXECUTE'
     from pg_proc f join pg_namespace n on n.oid = f.pronamespace
    where (not ${own} or f.prosecdef) and has_function_privilege($1, f.oid, 'EXECUTE')`,
  `select 'large object ' || l.oid, coalesce(e.privilege_type, 'OWNER')
     from pg_largeobject_metadata l left join aclexplode(l.lomacl) e on true
    where pg_has_role($1, l.lomowner, 'USAGE') or e.grantee in (0, quote_ident($1)::regrole)`,
  `select 'foreign data wrapper ' || fdwname, 'USAGE' from pg_foreign_data_wrapper
    where has_foreign_data_wrapper_privilege($1, oid, 'USAGE')`,
  `select 'server ' || srvname, 'USAGE' from pg_foreign_server where has_server_privilege($1, oid, 'USAGE')`,
  `select 'tablespace ' || spcname, 'CREATE' from pg_tablespace where has_tablespace_privilege($1, oid, 'CREATE')`,
  `select 'parameter ' || parname, p from pg_parameter_acl, unnest(array['SET', 'ALTER SYSTEM']) p
    where has_parameter_privilege($1, parname, p)`,
  `select 'role ' || quote_ident(rolname), p from pg_roles, unnest(array['MEMBER', 'SET', 'USAGE']) p
    where oid <> quote_ident($1)::regrole and pg_has_role($1, oid, p)`,
  `select 'attribute', p from pg_roles,
          unnest(array[case when rolsuper then 'SUPERUSER' end, case when rolcreaterole then 'CREATEROLE' end,
                       case when rolcreatedb then 'CREATEDB' end, case when rolreplication then 'REPLICATION' end,
                       case when rolbypassrls then 'BYPASSRLS' end]) p
    where oid = quote_ident($1)::regrole and p is not null`,
  // In all databases of the server: the objects that the role owns, and its default privileges.
  `select 'dependency ' || classid::regclass || ' ' || objid, case deptype when 'o' then 'OWNER' else deptype::text end
     from pg_shdepend where refclassid = 'pg_authid'::regclass and refobjid = quote_ident($1)::regrole
      and (deptype = 'o' or classid = 'pg_default_acl'::regclass)`,
];

/**
 * Returns all privileges of a role, one line for each object and privilege. Covers the whole catalogue and every source of a
 * privilege: a grant, PUBLIC, membership in another role. Omits the system catalogues that every role can read.
 * @param query runs as superuser in the database to check
 */
export async function heldPrivileges(query: Query, role: string): Promise<string[]> {
  const found: string[] = [];
  for (const sql of catalogue) {
    const rows = await query<{ what: string; privilege: string }>(`select * from (${sql}) as held (what, privilege)`, [
      role,
    ]);
    found.push(...rows.map(({ what, privilege }) => `${what}: ${privilege}`));
  }
  return found.sort();
}

/** Returns one statement for every operation on the objects of the catalogue, except for the privileges in `allowed`. */
export async function forbiddenStatements(query: Query, allowed: readonly string[]): Promise<string[]> {
  const rows = await query<{ allowed: string; sql: string }>(`
    select 'column ' || t || '.' || quote_ident(a.attname) || ': ' || v.verb as allowed, v.sql
      from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace,
           lateral (select c.oid::regclass::text as t, quote_ident(a.attname) as col) x,
           lateral (values ('SELECT', format('select %s from %s limit 1', col, t)),
                           ('UPDATE', format('update %s set %s = default', t, col)),
                           ('INSERT', format('insert into %s (%s) values (default)', t, col))) v (verb, sql)
     where c.relkind in ('r', 'p') and a.attnum > 0 and not a.attisdropped and not ${own}
    union all
    select 'table ' || t, v.sql
      from pg_class c join pg_namespace n on n.oid = c.relnamespace, lateral (select c.oid::regclass::text as t) x,
           lateral (values (format('select * from %s', t)), (format('delete from %s', t)), (format('truncate %s', t)),
                           (format('drop table %s', t)), (format('alter table %s add mine int', t)),
                           (format('lock table %s in access exclusive mode', t)),
                           (format('create trigger mine after insert on %s execute function mine()', t)),
                           (format('grant select on %s to public', t)), (format('copy %s to stdout', t))) v (sql)
     where c.relkind in ('r', 'p') and not ${own}
    union all
    select 'sequence', format('select nextval(%L)', c.oid::regclass) from pg_class c
      join pg_namespace n on n.oid = c.relnamespace where c.relkind = 'S' and not ${own}
    union all
    select 'schema', format('create table %I.mine (id int)', n.nspname) from pg_namespace n
     where not ${own} or n.nspname in ('pg_catalog', 'information_schema')
    union all
    select 'role', format('set role %I', rolname) from pg_roles where rolname not like 'registration-%' and rolname <> 'job'
    union all
    select 'other', unnest(array['create schema mine', 'create role mine', 'alter role deployer superuser',
      'create extension dblink', 'create function public.mine() returns int language sql return 1',
      'select * from pg_authid', 'select pg_read_file(''/etc/passwd'')', 'copy (select 1) to program ''true''',
      'select lo_import(''/etc/passwd'')', 'select pg_reload_conf()',
      'alter database folk set search_path = mine', 'alter default privileges for role deployer grant all on tables to public',
      'select pg_terminate_backend(pid) from pg_stat_activity where usename <> current_user'])`);
  return rows.filter((row) => !allowed.includes(row.allowed)).map(({ sql }) => sql);
}
