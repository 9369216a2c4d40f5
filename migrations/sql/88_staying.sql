-- That no file goes is said beside the day on which somebody left, and taken back there; what was said stays in the log.
grant update (stays, stays_because, stays_for, stays_at, stays_by_name) on public.record_dates to safeguard_app;
