"""The organisation's key, and what it seals: small things in `sealing`, files in `streaming` and `objects`."""
