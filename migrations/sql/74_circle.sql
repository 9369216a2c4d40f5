-- The text of a standard of the service as a review was made with it: kept once for each organisation and wording, with
-- what else is theirs, so that it is in their export and no path leads to it from anywhere else. It is never changed.

select sec.isolate('public.framework_texts', 'owned');
revoke update, delete on public.framework_texts from safeguard_app;

grant update (framework_digest) on public.reviews to safeguard_app;
