"""The group that looks after online safety: remit, members, meetings, actions."""
