"""The packages of tests/growth are type-checked here too, so its modules are imported."""

import sys
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS.parent / "scripts"), str(TESTS / "tools"), str(TESTS / "growth"), str(TESTS / "typing")]
