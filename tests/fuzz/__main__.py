"""`python -m tests.fuzz SECONDS`: each target for its share of the time, in a process of its own.

Prints how often each was run, and the input of whatever it found. https://github.com/google/atheris
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NAMES = (
    *("gate", "door", "bearer", "activities"),
    *("commands", "intents", "access", "words", "tokens"),
)
"""Those of `targets.py`, which may only be imported instrumented."""
_RUNS = re.compile(r"(?:stat::number_of_executed_units:|Done) +(\d+)")
LONGEST = 8192


def main(seconds: int) -> int:
    """Run every target; 1 when something was found."""
    failed = False
    for name in NAMES:
        with tempfile.TemporaryDirectory(prefix="aws-access-fuzz-") as folder:
            command = [sys.executable, "-m", "tests.fuzz", "--one", name, folder]
            share = [f"-max_total_time={seconds // len(NAMES)}", "-print_final_stats=1"]
            done = subprocess.run(
                [*command, *share, f"-max_len={LONGEST}", f"-artifact_prefix={folder}/found-"],
                cwd=ROOT,
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
            )
            runs = _RUNS.findall(done.stderr + done.stdout)
            print(f"{name}: {runs[-1] if runs else '?'} runs", flush=True)
            if done.returncode:
                failed = True
                print(done.stdout[-2000:], done.stderr[-2000:])
                print(*(repr(found.read_bytes()) for found in Path(folder).glob("found-*")))
    return int(failed)


def one(name: str, folder: str, options: list[str]) -> None:
    """Run one target under atheris, from its seeds; does not come back."""
    import atheris  # noqa: PLC0415  not a dependency of the suite

    with atheris.instrument_imports(
        include=["bot", "handlers", "integrations", "slack_bolt", "jwt", "tests.neutral"]
    ):
        from tests.fuzz.targets import SEEDS, TARGETS  # noqa: PLC0415  instrumented

    for number, seed in enumerate(SEEDS[name]):
        (Path(folder) / f"seed-{number}").write_bytes(seed)
    atheris.Setup([sys.argv[0], *options, folder], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    if sys.argv[1] == "--one":
        one(sys.argv[2], sys.argv[3], sys.argv[4:])
    else:
        sys.exit(main(int(sys.argv[1])))
