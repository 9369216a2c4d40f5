"""Address keys: an address is found without words that only follow who shared it, and without a slash at its end.

What stands twice under one key keeps both its rows and their steps; the one that is written so already, or else the
first that was listed, is the one that is found from now on.
"""

from alembic import op

revision = "0084_address_keys"
down_revision = "0083_how_it_came"
branch_labels = None
depends_on = None

STATEMENTS = (
    "set local lock_timeout = '5s'",
    r"""
    with keyed as (
        select u.organisation_id, u.id, u.digest, u.listed_at, encode(sha256(convert_to(
            a.place || coalesce(nullif(rtrim(a.path, '/'), ''), '/')
            || coalesce('?' || nullif(q.kept, ''), ''), 'UTF8')), 'hex') as key
        from public.helpline_urls u cross join lateral (
            select substring(u.address from '^[a-z]+://[^/?]*') as place,
                substring(u.address from '^[a-z]+://[^/?]*([^?]*)') as path
        ) a cross join lateral (
            select string_agg(p.part, '&' order by p.place) as kept
            from unnest(string_to_array(substring(u.address from '\?(.*)$'), '&')) with ordinality p (part, place)
            where lower(split_part(p.part, '=', 1)) <> all (array[
                    'fbclid', 'gclid', 'gclsrc', 'dclid', 'gbraid', 'wbraid', 'msclkid', 'twclid', 'ttclid', 'yclid',
                    'li_fat_id', 'igsh', 'igshid', 'si', 'mc_cid', 'mc_eid', '_ga', '_gl', '_hsenc', '_hsmi', 'ref_src',
                    'ref_url', 'mibextid', 'share_id', 'is_from_webapp', 'sender_device', 'share_app_id',
                    'share_link_id', 'tt_from', '_branch_match_id', 'srsltid'])
                and lower(p.part) !~ '^(utm_|mtm_|pk_|hsa_|__cft__|__tn__)'
                and not (u.host ~ '(^|\.)(x|twitter)\.com$' and lower(p.part) ~ '^(s|t)(=|$)')
                and not (u.host ~ '(^|\.)tiktok\.com$'
                    and lower(p.part) ~ '^(_t|_r|u_code|share_item_id)(=|$)')
                and not (u.host ~ '(^|\.)youtube\.com$' and lower(p.part) ~ '^(feature|pp)(=|$)')
                and not (u.host ~ '(^|\.)youtu\.be$' and lower(p.part) ~ '^feature(=|$)')
        ) q
    ), first as (
        select distinct on (k.organisation_id, k.key) k.organisation_id, k.id, k.digest, k.key
        from keyed k order by k.organisation_id, k.key, (k.digest = k.key) desc, k.listed_at, k.id
    )
    update public.helpline_urls u set digest = f.key
    from first f
    where f.organisation_id = u.organisation_id and f.id = u.id and f.digest <> f.key
    """,
)


def upgrade() -> None:
    """Only what is found otherwise from now on is written."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
