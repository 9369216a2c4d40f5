"""Who somebody is: people, memberships, invitations, passwords, sessions and tokens."""
