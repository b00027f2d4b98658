import sys
from pathlib import Path

# The suite is a program, not a package that is installed: its parts are found where it stands.
sys.path.insert(0, str(Path(__file__).parents[2] / "contract_tests"))
