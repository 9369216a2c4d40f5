"""Referrals: what an organisation asks of the helpline about an incident, and its own record of all that is said."""
