-- Wrong passwords, counted so that guessing is slow and the victim still gets in.
--
-- An attempt counts as wrong before the password is looked at, and is forgiven when it was right: a thousand at once
-- cannot all slip through. Keys are hashes made by the application; the table tells nobody's address.
--
--   on a device where this person has signed in before    10 wrong an hour, and nothing else counts
--   elsewhere: account and address together                5 free, then 1, 2, 4 ... 900 seconds between tries
--              account, from all unknown devices           30 an hour
--              address, over all accounts                  60 an hour
--              organisation (the mail domain)              over 100 an hour: 2 free instead of 5, 20 instead of 60
--
-- So ten thousand wrong passwords use up the budget of unknown devices, and the person's own device is untouched.
-- The organisation is told by the address's domain: looking the account up would tell strangers which accounts exist.
-- Road not taken: locking the account, with which anybody could keep a safeguarding lead out.

create or replace function identity.admit_attempt(
    pair bytea, account bytea, address bytea, organisation bytea, device bytea) returns integer
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    moment timestamptz := sec.clock();
    keys bytea[] := case when device is null then array[pair, account, address, organisation] else array[device] end;
    hourly double precision[] := case when device is null then array[4, 30, 60, 200] else array[10] end;
    limits double precision[] := case when device is null then array['infinity'::double precision, 30, 60, 'infinity']
                                       else array[10] end;
    free integer := 5;
    scores double precision[] := '{}';
    wait double precision := 0;
    bucket public.throttles;
begin
    insert into public.throttles (key, at) select k, moment from unnest(keys) with ordinality as given (k, n) order by n
        on conflict (key) do nothing;
    for i in 1 .. cardinality(keys) loop  -- always in this order: no two attempts can wait for each other
        select t.* into strict bucket from public.throttles t where t.key = keys[i] for update;
        scores[i] := greatest(0, bucket.score - extract(epoch from moment - bucket.at) * hourly[i] / 3600);
        wait := greatest(wait, extract(epoch from bucket.blocked_until - moment));
    end loop;
    if device is null and scores[4] > 100 then
        free := 2;
        limits[3] := 20;
    end if;
    for i in 1 .. cardinality(keys) loop
        wait := greatest(wait, (scores[i] + 1 - limits[i]) * 3600 / hourly[i]);
    end loop;
    if wait > 0 then
        return ceil(wait)::integer;
    end if;
    for i in 1 .. cardinality(keys) loop
        update public.throttles t set score = scores[i] + 1, at = moment,
            blocked_until = case when device is null and i = 1 and round(scores[1]) + 1 >= free
                                 then moment + least(900, 2 ^ least(10, round(scores[1]) + 1 - free)) * interval '1 second'
                                 else '-infinity' end
            where t.key = keys[i];
    end loop;
    return 0;
end
$$;

-- The password was right: the pair and the device start anew, the wider budgets get this attempt back.
create or replace function identity.forgive_attempt(
    pair bytea, account bytea, address bytea, organisation bytea, device bytea) returns void
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    own bytea := coalesce(device, pair);
begin
    update public.throttles t set score = 0, blocked_until = '-infinity' where t.key = own;
    if device is null then
        update public.throttles t set score = greatest(0, t.score - 1) where t.key = account;
        update public.throttles t set score = greatest(0, t.score - 1) where t.key = address;
        update public.throttles t set score = greatest(0, t.score - 1) where t.key = organisation;
    end if;
end
$$;

alter function identity.admit_attempt(bytea, bytea, bytea, bytea, bytea) owner to safeguard_definer;
alter function identity.forgive_attempt(bytea, bytea, bytea, bytea, bytea) owner to safeguard_definer;
revoke all on function identity.admit_attempt(bytea, bytea, bytea, bytea, bytea),
    identity.forgive_attempt(bytea, bytea, bytea, bytea, bytea) from public;
grant execute on function identity.admit_attempt(bytea, bytea, bytea, bytea, bytea),
    identity.forgive_attempt(bytea, bytea, bytea, bytea, bytea) to safeguard_app;

-- What several processes counted of one caller's requests, added up: a bucket that leaks `a_minute` in a minute, `fresh`
-- poured into it. A process asks about once a second, and only for buckets that are an eighth full: see
-- safeguard/web/counting.py. Keys are HMACs of the application's, so nobody's bucket can be named by guessing.
create or replace function identity.share_counts(bucket bytea, fresh integer, a_minute integer) returns integer
    language plpgsql volatile security definer
    set search_path = pg_catalog, pg_temp
as $$
declare
    moment timestamptz := sec.clock();
    total double precision;
begin
    insert into public.throttles as t (key, score, at) values (bucket, greatest(0, fresh), moment)
        on conflict (key) do update
            set score = greatest(0, t.score - extract(epoch from moment - t.at) * a_minute / 60) + greatest(0, fresh),
                at = moment
        returning t.score into total;
    return ceil(least(total, 2000000000))::integer;
end
$$;
alter function identity.share_counts(bytea, integer, integer) owner to safeguard_definer;
revoke all on function identity.share_counts(bytea, integer, integer) from public;
grant execute on function identity.share_counts(bytea, integer, integer) to safeguard_app;
