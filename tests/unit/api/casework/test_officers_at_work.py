"""Auditors at work on signals about readers: the same four eyes, and a third auditor where two differ."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from services.core.reading import WITH_INTEREST
from tests.unit.api.casework.conftest import Desk, codes, no_follow_up, verdict

FIRST, SECOND, THIRD = "auditor", "second-auditor", "third-auditor"


class Officers(Desk):
    """The same work, by auditors."""

    def opens(self, number=1, **changes):
        return super().opens(number, rule=WITH_INTEREST, family=WITH_INTEREST, **changes)

    def etag(self, item, who=FIRST):
        return super().etag(item, who)

    def assessed(self, item, *verdicts):
        for who, given in zip((FIRST, SECOND), verdicts, strict=True):
            answer = self.decides(who, item, "assessments", given)
            assert answer.status_code == 201, answer.text
        return self.status(item)


@pytest.fixture
def officers(api):
    return Officers(api)


@pytest.mark.parametrize(
    ("first", "second", "status"),
    [
        (no_follow_up(), no_follow_up(), "no-follow-up"),
        (verdict("investigation"), verdict("investigation"), "investigation"),
        (verdict("investigation"), no_follow_up(), "disputed"),
    ],
)
def test_two_auditors_decide_as_two_investigators_do(officers, first, second, status):
    assert officers.assessed(officers.opens(), first, second) == status


def test_one_auditor_is_not_four_eyes(officers):
    item = officers.opens()
    assert officers.decides(FIRST, item, "assessments", no_follow_up()).status_code == 201
    again = officers.decides(FIRST, item, "assessments", verdict("investigation"))
    assert (again.status_code, codes(again)) == (409, [("already-assessed", "")])
    shown = officers.view(item, SECOND)["assessment"]
    assert (shown["given"], shown["all"]) == (1, [])


def told_of_assessments(api, item, who):
    entries = api.get(f"/v1/audit-entries?objectId={item}&action=assess", who).json()["auditEntries"]
    return [(entry["actor"], entry["detail"].get("verdict")) for entry in entries]


def test_the_audit_trail_tells_no_auditor_the_others_verdict_before_both_are_in(officers):
    item = officers.opens()
    officers.decides(FIRST, item, "assessments", no_follow_up("too-little-concrete"))
    given = (f"token:{FIRST}", "no-follow-up")
    assert told_of_assessments(officers.api, item, SECOND) == [(f"token:{FIRST}", None)]
    assert told_of_assessments(officers.api, item, FIRST) == [given]
    officers.api.sign_in(SECOND)
    assert "too-little-concrete" not in officers.api.get("/audit", None).text
    officers.decides(SECOND, item, "assessments", verdict("investigation"))
    assert told_of_assessments(officers.api, item, SECOND) == [(f"token:{SECOND}", "investigation"), given]
    assert "too-little-concrete" in officers.api.get("/audit", None).text


def test_a_third_auditor_settles_what_two_differ_on(officers):
    item = officers.opens()
    officers.assessed(item, verdict("investigation"), no_follow_up())
    for who in (FIRST, SECOND):
        refused = officers.decides(who, item, "settlement", no_follow_up())
        assert (refused.status_code, codes(refused)) == (409, [("assessed-yourself", "")])
    assert officers.decides("lead", item, "settlement", no_follow_up()).status_code == 403
    assert officers.decides(THIRD, item, "settlement", verdict("investigation")).status_code == 201
    assert officers.status(item) == "investigation"
    (settled,) = [row for row in officers.api.rows("SELECT * FROM assessments") if row["ordinal"] == 3]
    assert (settled["assessor"], settled["role"]) == (f"token:{THIRD}", "auditor")


def test_the_database_takes_no_settlement_of_somebody_who_does_not_lead(officers):
    item = officers.opens()
    values = f"'a-1', '{item}', 1, 3, 'token:x', 'token:x', 'ROLE', 'investigation', 'x', '2026-03-02'"
    insert = "INSERT INTO assessments (id, item_id, round, ordinal, assessor, person, role, verdict, note, given_at) "
    with pytest.raises(IntegrityError, match="ck_assessments_settled_by_who_leads"):
        officers.api.rows(f"{insert} VALUES ({values.replace('ROLE', 'investigator')})")
    officers.api.rows(f"{insert} VALUES ({values.replace('ROLE', 'auditor')})")


def test_auditors_investigate_and_conclude_among_themselves(officers):
    item = officers.opens()
    officers.assessed(item, verdict("investigation"), verdict("investigation"))
    assert officers.view(item, THIRD)["item"]["status"] == "investigation"
    for stranger in ("token:investigator", "token:lead"):
        refused = officers.sends(FIRST, item, "assignments", {"assignee": stranger})
        assert codes(refused) == [("unknown-assignee", "/assignee")]
    assert officers.sends(FIRST, item, "assignments", {"assignee": f"token:{THIRD}"}).status_code == 201
    assert officers.sends(SECOND, item, "suspensions", {"reason": "legal-proceedings"}).status_code == 201
    assert officers.sends(SECOND, item, "suspensions/_end").status_code == 201
    officers.api.clock.at += timedelta(days=1)
    assert officers.decides(FIRST, item, "outcome", officers.outcome()).status_code == 201
    own = officers.decides(FIRST, item, "outcome/confirmation", {"agrees": True})
    assert codes(own) == [("confirmed-yourself", "")]
    assert officers.decides(SECOND, item, "outcome/confirmation", {"agrees": True}).status_code == 201
    assert officers.status(item) == "concluded"
