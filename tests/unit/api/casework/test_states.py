"""Random actions by random people on one signal: whatever happens, the rules of casework hold."""

from __future__ import annotations

import json
import os
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from services.api.casework import codes as words
from tests.unit.api.casework.conftest import LEAD, ONE, OTHER, PEOPLE, Desk, no_follow_up, verdict
from tests.unit.api.conftest import signal_id

EXAMPLES = int(os.environ.get("CASEWORK_EXAMPLES", "8"))
VERDICTS = [no_follow_up(), no_follow_up("criteria-not-met"), verdict("line-intervention"), verdict("investigation")]
people = st.sampled_from(PEOPLE)
verdicts = st.sampled_from(VERDICTS)
REFUSALS = {403, 409}
OF_WHO_LEADS = {"assign", "release", "suspend", "resume"}


class Casework(RuleBasedStateMachine):
    """One signal with its items; every rule checks that what the view offered is what is accepted."""

    desk: Desk
    reached: set[str]

    def __init__(self) -> None:
        super().__init__()
        self.desk.api.start_anew()
        self.desk.opens()
        self.hours = 10
        self.lookups = 3
        self.withdrawn = False
        self.dues: dict[str, str] = {}
        self.accepted: dict[str, int] = {}

    @property
    def item(self) -> str:
        return str(self.desk.items(signal_id(1))[-1]["id"])

    def tries(self, who, action, place, body, *, send=None):
        """Does it on the newest item; it is accepted where it was offered, and where it is a repeat."""
        item = self.item
        offered = action in self.desk.view(item, who)["actions"]
        answer = (send or self.desk.decides)(who, item, place, body)
        if answer.status_code == 201:
            assert offered, (who, action)
            self.accepted[item] = self.accepted.get(item, 0) + 1
        else:
            assert answer.status_code in REFUSALS | {200}, answer.text
            assert answer.status_code == 200 or not offered, (who, action, answer.text)

    @rule(who=people, given=verdicts)
    def assess(self, who, given):
        self.tries(who, "assess", "assessments", given)

    @rule(pair=st.permutations(PEOPLE), given=verdicts)
    def two_agree(self, pair, given):
        for who in pair[:2]:
            self.assess(who, given)

    @rule(who=people, given=verdicts)
    def settle(self, who, given):
        self.tries(who, "settle", "settlement", given)

    @rule(who=people, whom=people)
    def assign(self, who, whom):
        self.tries(who, "assign", "assignments", {"assignee": f"token:{whom}"})

    @rule(who=people, reason=st.sampled_from(words.SUSPENSION_REASONS))
    def suspend(self, who, reason):
        self.tries(who, "suspend", "suspensions", {"reason": reason})

    @rule(who=people)
    def resume(self, who):
        self.tries(who, "resume", "suspensions/_end", None)

    @rule(who=people)
    def record_outcome(self, who):
        self.tries(who, "record-outcome", "outcome", self.desk.outcome())

    @rule(who=people, agrees=st.booleans())
    def confirm_outcome(self, who, agrees):
        self.tries(who, "confirm-outcome", "outcome/confirmation", {"agrees": agrees, "note": "Looked at it."})

    @rule(who=people)
    def acknowledge(self, who):
        self.tries(who, "acknowledge-withdrawal", "acknowledgements", None)

    @rule(days=st.integers(0, 40))
    def time_passes(self, days):
        self.desk.api.clock.at += timedelta(days=days, hours=1)

    @rule()
    def withdraw(self):
        self.hours += 1
        self.withdrawn = True
        self.desk.withdraws(hours=self.hours)

    @precondition(lambda self: self.withdrawn)
    @rule()
    def come_back(self):
        self.hours += 1
        self.withdrawn = False
        self.desk.looks_again(hours=self.hours, lookups=tuple(range(1, self.lookups + 1)), score=float(self.hours % 90))

    @rule()
    def look_again(self):
        self.hours, self.lookups, self.withdrawn = self.hours + 1, self.lookups + 1, False
        self.desk.looks_again(hours=self.hours, lookups=tuple(range(1, self.lookups + 1)))

    @invariant()
    def no_decision_without_two_people(self):
        for item in self.desk.items(signal_id(1)):
            given = self.desk.api.rows(
                f"SELECT * FROM assessments WHERE item_id = '{item['id']}' AND round = {item['round']}"
            )
            assert len({row["person"] for row in given}) == len(given) <= 3
            if item["status"] in {*words.VERDICTS, words.CONCLUDED, words.DISPUTED}:
                assert len(given) >= 2
            if item["status"] in words.VERDICTS:
                decided = {(row["verdict"], row["reason"]) for row in given if len(given) == 2 or row["ordinal"] == 3}
                assert decided == {(item["status"], item["reason"])}
            if item["status"] == words.CONCLUDED:
                (outcome,) = self.desk.api.rows(
                    f"SELECT * FROM outcomes WHERE item_id = '{item['id']}' AND state = 'confirmed'"
                )
                assert outcome["recorded_by"] != outcome["judged_by"]

    @invariant()
    def every_look_was_judged_by_two_people_or_is_in_an_open_item(self):
        items = self.desk.items(signal_id(1))
        for item in items:
            read = self.desk.api.rows(
                f"SELECT revision FROM assessments WHERE item_id = '{item['id']}' AND round = {item['round']}"
            )
            if item["status"] in words.VERDICTS:
                assert item["decided_revision"] == min(row["revision"] for row in read)
        if items[-1]["status"] in words.ENDED and not items[-1]["withdrawn"]:
            told = self.desk.api.rows(f"SELECT revision, body FROM signal_revisions WHERE signal_id = '{signal_id(1)}'")
            looks = {row["revision"]: set(json.loads(row["body"])["lookupIds"]) for row in told}
            assert looks[max(looks)] <= set().union(*(looks[item["decided_revision"]] for item in items))

    @invariant()
    def nobody_sees_before_giving(self):
        for who in (ONE, OTHER, LEAD):
            view = self.desk.view(self.item, who)
            if not view["assessment"]["complete"]:
                me = f"token:{who}"
                assert {row["assessor"] for row in view["assessment"]["all"]} <= {me}
                assert {event["actor"] for event in view["history"] if event["kind"] == "assess"} <= {me}
                if view["assessment"]["own"] is None:
                    told = {event["actor"] for event in view["history"] if event["kind"] not in OF_WHO_LEADS}
                    assert told <= {me, None}
                assert {row["assignee"] for row in view["assignments"] if row["via"] == "assessment"} <= {me}

    @invariant()
    def clocks_never_run_backwards(self):
        for item in self.desk.items(signal_id(1)):
            due = item["due_at"]
            assert (due is None) >= (item["closed_at"] is not None)
            if due is not None:
                assert due >= self.dues.get(item["id"], "")
                self.dues[item["id"]] = due

    @invariant()
    def every_event_has_one_entry_in_the_audit_trail(self):
        for item in self.desk.items(signal_id(1)):
            events = self.desk.api.rows(f"SELECT * FROM item_events WHERE item_id = '{item['id']}' ORDER BY id")
            entries = [entry["action"] for entry in self.desk.audit(item["id"]) if entry["action"] != "refused"]
            assert [event["kind"] for event in events] == entries
            assert sum(event["actor"] is not None for event in events) == self.accepted.get(item["id"], 0)

    @invariant()
    def states_are_known(self):
        self.reached.add(str(self.desk.status(self.item)))
        assert self.reached <= set(words.ITEM_STATUSES)

    @invariant()
    def at_most_the_last_item_is_open(self):
        *earlier, _ = self.desk.items(signal_id(1))
        assert {item["status"] for item in earlier} <= words.ENDED


@pytest.mark.slow
def test_whatever_people_and_deliveries_do_the_rules_hold(desk):
    machine = type("CaseworkOfThisApi", (Casework,), {"desk": desk, "reached": set()})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert {words.IN_ASSESSMENT, words.DISPUTED} <= machine.reached
    assert machine.reached & words.ENDED
