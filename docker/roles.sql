-- Roles and database by hand, as an administrator of PostgreSQL 18.6+, 17.11+ or 16.15+ (superuser, or CREATEROLE and
-- CREATEDB): what `safeguard migrate` does itself when it is given SAFEGUARD_DATABASE_URL. Safe to run again.
--
-- The passwords come from the environment, where the list of processes does not show them:
--   OWNER_PASSWORD=... APP_PASSWORD=... RELAY_PASSWORD=... SIGNER_PASSWORD=... \
--     OPERATOR_PASSWORD=... psql -f roles.sql postgres
--
-- Then set SAFEGUARD_OWNER_DATABASE_URL, SAFEGUARD_APP_DATABASE_URL, SAFEGUARD_RELAY_DATABASE_URL,
-- SAFEGUARD_SIGNER_DATABASE_URL and, for the console, SAFEGUARD_OPERATOR_DATABASE_URL, and run `safeguard migrate`.

\set ON_ERROR_STOP on
\getenv owner OWNER_PASSWORD
\getenv app APP_PASSWORD
\getenv relay RELAY_PASSWORD
\getenv signer SIGNER_PASSWORD
\getenv operator OPERATOR_PASSWORD
set password_encryption = 'scram-sha-256';

-- Those who log in. None is a superuser and none bypasses row security.
select format('create role %I login', name)
from unnest(array[
    'safeguard_owner', 'safeguard_app', 'safeguard_relay', 'safeguard_signer', 'safeguard_operator']) name
where not exists (select from pg_roles where rolname = name) \gexec
alter role safeguard_owner password :'owner';
alter role safeguard_app password :'app';
alter role safeguard_relay password :'relay';
alter role safeguard_signer password :'signer';
alter role safeguard_operator password :'operator';

-- Those whom nobody logs in as: they own the functions that run with their rights. The owner may become them, to hand
-- functions over in migrations, and to replace them later.
select format('create role %I nologin', name)
from unnest(array['safeguard_definer', 'safeguard_log', 'safeguard_search']) name
where not exists (select from pg_roles where rolname = name) \gexec
grant safeguard_definer, safeguard_log, safeguard_search to safeguard_owner with inherit true, set true;

-- Only needed by an administrator who is no superuser; harmless for one who is.
grant safeguard_owner to current_user with inherit false, set true;

select 'create database safeguard owner safeguard_owner encoding ''UTF8'' template template0'
where not exists (select from pg_database where datname = 'safeguard') \gexec

-- Empty when all is well.
select rolname as "must not be a superuser nor bypass row security"
from pg_roles where rolname like 'safeguard\_%' and (rolsuper or rolbypassrls);
