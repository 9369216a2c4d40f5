"""Sign-on by an organisation's own provider, and accounts that it provisions."""

revision = "0031_sign_on"
down_revision = "0030_factors"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing to do."""


def downgrade() -> None:
    """There is no way back from records: restore a backup instead."""
    raise RuntimeError("migrations go forward only")
