"""`python -m simulator`: the command, from a checkout that need not be set up."""
# The syntax of old Pythons down to the check of the version, so that they get a sentence and no traceback.

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - a checkout is started before any installer has looked at the version
    sys.stderr.write("simulator needs Python 3.11 or newer; this is Python %d.%d\n" % sys.version_info[:2])  # noqa: UP031
    sys.exit(3)

from simulator import bootstrap

if __name__ == "__main__":
    bootstrap.ensure()
    try:
        from simulator.cli import main
    except ModuleNotFoundError as missing:
        sys.exit(bootstrap.tell_missing(missing))
    sys.exit(main())
