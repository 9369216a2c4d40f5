"""The verifiable log: which events there are, what each version of a record commits to, and how it is appended."""
