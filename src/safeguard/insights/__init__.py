"""Insights: what the figures say about the year, the standards behind them, and what to do next. Never a name."""
