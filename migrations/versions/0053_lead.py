"""What shows that an action was done: a file of the same incident, or an item of the organisation's evidence.

The file belongs to the incident by its key, whoever writes the row. Both go together when an incident is disposed of,
in whichever order; an item of evidence that goes later leaves its name.
"""

from alembic import op

revision = "0053_lead"
down_revision = "0052_clocks"
branch_labels = None
depends_on = None

# Not validated: no row has ever held anything, and every new one is checked all the same.
PROOF = (
    """-- squawk-ignore disallowed-unique-constraint, constraint-missing-not-valid
alter table public.attachments add constraint attachments_incident_key unique (organisation_id, incident_id, id)""",
    """alter table public.entries
       add column proof_file_id uuid,
       add column proof_item_id uuid,
       add column proof_name text not null default ''""",
    """alter table public.entries add constraint entries_proof_check check (
           num_nonnulls(proof_file_id, proof_item_id) <= 1
           and (proof_name = '' or kind = 'completion')
           and (proof_name <> '' or num_nonnulls(proof_file_id, proof_item_id) = 0)) not valid""",
    """alter table public.entries add constraint entries_proof_file_fkey
       foreign key (organisation_id, incident_id, proof_file_id)
       references public.attachments (organisation_id, incident_id, id) deferrable initially deferred not valid""",
    """alter table public.entries add constraint entries_proof_item_fkey foreign key (organisation_id, proof_item_id)
       references public.evidence_items (organisation_id, id) on delete set null (proof_item_id) not valid""",
    """-- squawk-ignore require-concurrent-index-creation
create index entries_proof_item on public.entries (organisation_id, proof_item_id) where proof_item_id is not null""",
)


def upgrade() -> None:
    """Add the columns, and what holds between them."""
    op.execute("set local lock_timeout = '5s'")
    for statement in PROOF:
        op.execute(statement)


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
