"""The code behind the commands in scripts/: from the vendored document to the committed client."""

import sys

if sys.version_info < (3, 11):  # Said here, before a module imports what an older Python does not have.
    print(f"{sys.argv[0]} needs Python 3.11 or newer: run it with such an interpreter.", file=sys.stderr)
    sys.exit(2)
