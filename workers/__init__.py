"""Thin actors: each takes a job's id, opens a unit of work and calls one domain function."""
