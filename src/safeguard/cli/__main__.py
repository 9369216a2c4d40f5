"""`python -m safeguard.cli`: how the root script, and the supervisor's parts, start a command."""

from safeguard.cli.main import main

main()
