"""`safeguard` in a process of its own, as it is, but for templates: none is compiled that this run has compiled.

python -m tests.journeys.serving serve --data DIR --port N
"""

from safeguard.cli.main import main
from tests.compiled import compile_once

if __name__ == "__main__":
    compile_once()
    main()
