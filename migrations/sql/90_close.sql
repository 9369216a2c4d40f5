-- Making functions over to their owners needed CREATE; running needs it no more.
revoke create on schema public, sec, audit, jobs, identity from safeguard_definer, safeguard_log, safeguard_search;
