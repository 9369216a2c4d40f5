-- Casework: what the app may change of an incident that somebody handles.

grant update (assigned_to, assigned_name) on public.incidents to safeguard_app;
