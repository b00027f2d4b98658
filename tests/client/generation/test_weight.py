"""What importing the client loads: httpx2, attrs and what those need, and nothing slow."""

import json
import subprocess
import sys

PROGRAM = """
import sys, json
import httpx2
before = set(sys.modules)
import spot_api_client
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def test_import_loads_no_other_package_and_no_slow_module():
    """asyncio alone would take longer to import than the whole package."""
    done = subprocess.run([sys.executable, "-I", "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    loaded = set(json.loads(done.stdout))
    packages = {name.partition(".")[0] for name in loaded} - set(sys.stdlib_module_names)
    assert packages - {"attr", "attrs"} == {"spot_api_client"}
    assert {"asyncio", "importlib.metadata"} & loaded == set()
