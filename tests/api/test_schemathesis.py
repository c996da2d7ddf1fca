"""Generated requests against a real server: every request that the OpenAPI document allows gets a documented response."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import ROOT
from tests.conftest import NewDatabase, loaded
from tests.running import HANGS_S, serving

# The coverage phase tries every boundary of every parameter, thousands of requests for one collection; since all
# collections' routes and parameters are made by the same code, it runs on one; its files and aggregates take
# the same filters.
BOUNDARIES = "^/v1/products(/{id})?$|evidence$|citation|releases|problems|search|^/v1$"
RUNS = {
    "every operation": ["--phases", "examples,fuzzing,stateful", "--max-examples", "5"],
    "every boundary": ["--phases", "coverage", "--include-path-regex", BOUNDARIES],
}


@pytest.mark.slow
@pytest.mark.parametrize("run", RUNS)
def test_every_generated_request_gets_a_documented_response(new_database: NewDatabase, run: str) -> None:
    with serving("--no-prepare", DATABASE_URL=loaded(new_database("sqlite"))) as (client, _):
        done = subprocess.run(
            [
                Path(sys.executable).parent / "schemathesis", "run", f"{client.base_url}/v1/openapi.json",
                "--checks", "all", "--exclude-checks", "response_schema_conformance",  # in favour of the hooks' `conforms`
                "--workers", "2", "--generation-deterministic", "--warnings", "off", "--request-timeout", str(HANGS_S), *RUNS[run],
            ],
            cwd=ROOT,
            env={**os.environ, "SCHEMATHESIS_HOOKS": "tests.api.schemathesis_hooks", "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "passed" in done.stdout
