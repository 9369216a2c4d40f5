"""Rosters: who belongs here, as another system's file says it; what each file would change, and taking it back."""
