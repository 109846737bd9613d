"""`python -m tests`: pytest with the arguments given, from a checkout that need not be set up."""
# The syntax of old Pythons down to the check of the version, so that they get a sentence and no traceback.

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - a checkout is started before any installer has looked at the version
    sys.stderr.write("the tests need Python 3.11 or newer; this is Python %d.%d\n" % sys.version_info[:2])  # noqa: UP031
    sys.exit(3)

from simulator import bootstrap

if __name__ == "__main__":
    bootstrap.ensure("dev")
    import pytest

    # Much of the time goes by in waiting for programs that the tests have started.
    os.environ.setdefault("PYTEST_XDIST_AUTO_NUM_WORKERS", str(min(8, 2 * (os.cpu_count() or 1))))
    # Pytest loads our plugin itself, and has to be the first to import it.
    for name in [name for name in sys.modules if name.partition(".")[0] == "simulator"]:
        del sys.modules[name]
    sys.exit(pytest.main(sys.argv[1:] or ["-n", "auto", "--dist", "worksteal"]))
