"""Believable, invented organisations with two years behind them: to look around in, to measure with, to test on."""
