"""The programs that use the client as others do, which type checkers must accept."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOWNSTREAM = [ROOT / "tests" / "typing" / "downstream.py", *sorted((ROOT / "examples").glob("*.py"))]
MISTAKES = ROOT / "tests" / "typing" / "mistakes.py"
