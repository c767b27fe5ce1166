"""The file that says which employees stand behind local accounts."""

import json

import pytest

from services.api.identity.people import open_people
from services.core.errors import InputError
from services.core.identity import employee_pseudonym
from tests.world import RING


@pytest.fixture
def written(tmp_path):
    def write(content, mode=0o600):
        path = tmp_path / "readers.json"
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        path.chmod(mode)
        return path

    return write


def test_without_the_file_accounts_are_nobodys(tmp_path):
    assert open_people(tmp_path / "readers.json", RING) == {}


def test_an_account_is_known_by_the_pseudonym_of_its_employee(written):
    people = open_people(written({"lead": "e-17", "second-investigator": "e-18"}), RING)
    assert people == {"lead": employee_pseudonym(RING, "e-17"), "second-investigator": employee_pseudonym(RING, "e-18")}


@pytest.mark.parametrize("content", ["", "[]", "null", "{"])
def test_a_file_of_something_else_is_refused(written, content):
    with pytest.raises(InputError, match=r'like \{"investigator"'):
        open_people(written(content), RING)


def test_every_fault_is_told_and_no_employee(written):
    with pytest.raises(InputError) as told:
        open_people(written({"boss": "e-17", "lead": 5, "investigator": ""}), RING)
    assert len(told.value.faults) == 3
    assert "e-17" not in str(told.value)
    assert "lead: must be the id of an employee" in str(told.value)


def test_one_employee_is_not_two_people(written):
    with pytest.raises(InputError, match="two accounts have the same employee"):
        open_people(written({"investigator": "e-17", "second-investigator": "e-17"}), RING)


def test_a_file_that_others_can_read_is_refused(written):
    with pytest.raises(InputError, match="chmod 600"):
        open_people(written({"lead": "e-17"}, 0o644), RING)
