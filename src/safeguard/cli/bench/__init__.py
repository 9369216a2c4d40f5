"""Measuring: every figure a ratio to its limit, both taken in turn in one run, because machines drift."""
