"""What others attest of a pack: by when its log existed, and by a certificate whose report it is."""
