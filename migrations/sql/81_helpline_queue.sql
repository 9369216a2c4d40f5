-- Where open cases stand in the queue, for those that stood there by an older rule: what `Case.queued_at` of
-- `safeguard.helpline.case` says, in hours because days have no length of their own where clocks change. Whatever is done
-- with a case puts it there again; this finds what nobody has touched since, along the index of the queue.

update public.helpline_cases c set queued_at = w.place
from (
    select o.organisation_id, o.id, case
        when o.at_risk and o.assigned_to is null then o.received_at - interval '1752000 hours'
        else o.received_at - case when o.at_risk or o.priority = 'urgent' then interval '876000 hours'
                when o.priority = 'soon' then interval '168 hours' else interval '0' end
            + case when o.answered_at is null then interval '0'
                else coalesce(o.heard_at - o.received_at, interval '438000 hours') end
        end as place
    from public.helpline_cases o where o.ended_at is null) w
where c.organisation_id = w.organisation_id and c.id = w.id and c.queued_at is distinct from w.place;
