"""The people whom the organisation knows: found, recorded, corrected, merged."""
