"""What the client brings along: httpx2, attrs and what those need, and nothing else."""

import json
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import spot_api_client
from client_orders import ROOT


def run(program):
    done = subprocess.run([sys.executable, "-I", "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_dependencies_are_httpx2_and_attrs():
    required = metadata.requires("spot-api-client")
    names = {re.match(r"[\w-]+", requirement).group() for requirement in required if "extra ==" not in requirement}
    assert names == {"attrs", "httpx2"}


def test_import_loads_no_other_package():
    program = (
        "import sys, json\n"
        "import httpx2, attrs\n"
        "before = set(sys.modules)\n"
        "import spot_api_client\n"
        "print(json.dumps(sorted({name.partition('.')[0] for name in set(sys.modules) - before})))\n"
    )
    loaded = set(run(program)) - set(sys.stdlib_module_names)
    assert loaded == {"spot_api_client"}


def test_import_leaves_slow_modules_to_those_who_need_them():
    """asyncio alone would take longer to import than the whole package."""
    program = (
        "import sys, json\n"
        "import httpx2\n"
        "before = set(sys.modules)\n"
        "import spot_api_client\n"
        "print(json.dumps(sorted(set(sys.modules) - before)))\n"
    )
    assert {"asyncio", "importlib.metadata"} & set(run(program)) == set()


def test_package_is_marked_as_typed():
    assert Path(spot_api_client.__file__).with_name("py.typed").is_file()
