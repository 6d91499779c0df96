"""`python -m bangfu` is the command `bangfu`."""

import sys

from bangfu.cli import main

if __name__ == "__main__":
    sys.exit(main())
