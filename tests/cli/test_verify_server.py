"""`shanhai verify --server`: what a server serves, against the text that its user has."""

from pathlib import Path

import pytest

from tests.cli.proxy import Answer, Faults
from tests.running import shanhai


def test_a_server_is_verified_like_the_database(service: str, ready: Path, article: Path) -> None:
    remote = shanhai("verify", "--source", article, "--server", service)
    local = shanhai("verify", "--source", article, SHANHAI_DATA_DIR=str(ready))
    assert (remote.returncode, remote.stdout) == (local.returncode, local.stdout)
    assert (remote.returncode, "100 % accounted for" in remote.stdout) == (0, True)


@pytest.mark.parametrize(
    ("before", "after", "finding"),
    [
        (
            '"value":87400000',
            '"value":8741',
            "fiscal-aid-funds: value is 8741, and by the words '8740万元' it is 87400000",
        ),
        ('"8740万元"', '"8741万元"', "should read '8741万元' and reads '8740万元'"),
        ('"unit":"team"', '"unit":"\\u001b[2J"', "figures/youth-teams: unit is �[2J, and by the words"),
    ],
)
def test_what_a_server_changes_is_found(faults: Faults, article: Path, before: str, after: str, finding: str) -> None:
    faults.identity = True
    faults.change = lambda answer: (*answer[:2], answer[2].replace(before.encode(), after.encode()))
    done = shanhai("verify", "--source", article, "--server", faults.base)
    assert (done.returncode, finding in done.stdout, "\x1b" in done.stdout) == (1, True, False), done.stdout


@pytest.mark.parametrize("key", ["start", "comparator"])
def test_records_of_another_kind_are_no_crash(faults: Faults, article: Path, key: str) -> None:
    faults.identity = True
    faults.change = lambda answer: (*answer[:2], answer[2].replace(f'"{key}":'.encode(), b'"other":'))
    done = shanhai("verify", "--source", article, "--server", faults.base)
    assert (done.returncode, "Traceback" in done.stderr) == (3, False), done.stderr
    assert "does not serve records" in done.stderr


def test_two_releases_are_not_mixed(faults: Faults, article: Path) -> None:
    def change(answer: Answer) -> Answer:
        release = str(len(faults.requests)).encode()  # another one in each answer
        return *answer[:2], answer[2].replace(b'"release":{"id":"2', b'"release":{"id":"' + release)

    faults.identity, faults.change = True, change
    done = shanhai("verify", "--source", article, "--server", faults.base)
    assert done.returncode == 3
    assert "another release meanwhile" in done.stderr
