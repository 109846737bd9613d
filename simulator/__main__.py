"""`python -m simulator`: the command, from a checkout that need not be set up."""
# The syntax of old Pythons down to the check of the version, so that they get a sentence and no traceback.

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - a checkout is started before any installer has looked at the version
    sys.stderr.write("simulator needs Python 3.11 or newer; this is Python %d.%d\n" % sys.version_info[:2])  # noqa: UP031
    sys.exit(3)


def start():  # noqa: ANN201 - the type comment says it, which old versions read over
    # type: () -> int
    """Give the exit code of the command, in the environment that the checkout needs."""
    from simulator import bootstrap

    bootstrap.ensure()
    try:
        from simulator.cli import main
    except ModuleNotFoundError as missing:
        return bootstrap.tell_missing(missing)
    return main()


if __name__ == "__main__":
    try:
        code = start()
    except KeyboardInterrupt:
        # What the command itself needs was still being imported.
        sys.stderr.write("interrupted\n")
        code = 130
    sys.exit(code)
