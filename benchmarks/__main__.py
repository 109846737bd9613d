"""`python -m benchmarks`: everything that is measured, one after another; words behind it are parts of names."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
SCRIPTS = ("startup", "steps", "sending", "calls", "corpus", "month", "timers")


def main() -> None:
    wanted = sys.argv[1:]
    for name in SCRIPTS:
        if not wanted or any(word in name for word in wanted):
            path = FOLDER / f"{name}.py"
            print(f"\n## {path.read_text('utf-8').splitlines()[0].strip(chr(34))}\n", flush=True)
            subprocess.run([sys.executable, str(path)], check=True)


if __name__ == "__main__":
    main()
