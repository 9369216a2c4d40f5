"""How mail and the web form reach the helpline."""

revision = "0028_mail_in"
down_revision = "0027_frameworks"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to do."""


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
