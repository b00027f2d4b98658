import sys
from pathlib import Path

# The suite is not installed in the test environment: its packages are imported from the checkout.
sys.path.insert(0, str(Path(__file__).parents[2] / "contract_tests"))
