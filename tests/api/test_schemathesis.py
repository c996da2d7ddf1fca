"""Generated requests against a real server: whatever the OpenAPI document allows is answered as it promises."""

import os
import subprocess
import sys
from pathlib import Path

from app.settings import ROOT
from tests.conftest import NewDatabase, loaded
from tests.test_cli import serving


def test_no_generated_request_breaks_a_promise(new_database: NewDatabase) -> None:
    with serving("--no-prepare", DATABASE_URL=loaded(new_database("sqlite"))) as (client, _):
        done = subprocess.run(
            [
                Path(sys.executable).parent / "schemathesis", "run", f"{client.base_url}/v1/openapi.json",
                "--checks", "all", "--max-examples", "3", "--generation-deterministic", "--warnings", "off",
            ],
            cwd=ROOT,
            env={**os.environ, "SCHEMATHESIS_HOOKS": "tests.schemathesis_hooks", "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "passed" in done.stdout
