"""Whatever people do to items, what is worked out later about any moment is what the tables held at that moment."""

import random
from datetime import timedelta

import pytest

from services.api.db.engine import reading
from services.api.readers.deeds import Deed, Look
from services.api.readers.histories import OPEN
from services.api.readers.knowing import known_of
from tests.unit.api.casework.conftest import LEAD, ONE, OTHER, PEOPLE, Desk, no_follow_up, verdict
from tests.unit.api.conftest import signal_id

pytestmark = pytest.mark.slow

SEED = 5
STEPS = 100
SIGNALS = (1, 2, 3)
VERDICTS = (verdict("investigation"), no_follow_up(), verdict("line-intervention"))


class Chaos:
    """Does anything to any item; what is refused changes nothing."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.chance, self.hours, self.number = desk, random.Random(SEED), 10, 0

    def step(self) -> None:
        self.desk.api.clock.at += timedelta(minutes=self.chance.choice((0, 1, 1, 30)))
        rows = self.desk.api.rows("SELECT id FROM intake_items ORDER BY signal_id, look_number")
        self.number = self.chance.randrange(len(rows))
        item = str(rows[self.number]["id"])
        self.chance.choice((self.assess, self.assess, self.settle, self.send, self.release, self.conclude, self.news))(
            item
        )

    def assess(self, item: str) -> None:
        likely = VERDICTS[self.number % len(VERDICTS)]
        given = likely if self.chance.random() < 0.8 else self.chance.choice(VERDICTS)
        self.desk.decides(self.chance.choice(PEOPLE), item, "assessments", given)

    def settle(self, item: str) -> None:
        self.desk.decides(LEAD, item, "settlement", self.chance.choice(VERDICTS))

    def send(self, item: str) -> None:
        assignee = f"token:{self.chance.choice(PEOPLE)}"
        self.desk.sends(LEAD, item, "assignments", {"assignee": assignee})

    def release(self, item: str) -> None:
        held = self.desk.view(item, LEAD)["assignments"]
        if held:
            place = f"/v1/intake-items/{item}/assignments/{self.chance.choice(held)['id']}"
            self.desk.api.call("DELETE", place, LEAD, headers={"If-Match": self.desk.etag(item)})

    def conclude(self, item: str) -> None:
        self.desk.decides(self.chance.choice(PEOPLE), item, "outcome", self.desk.outcome())
        agrees = {"agrees": self.chance.random() < 0.7, "note": "Read."}
        self.desk.decides(self.chance.choice(PEOPLE), item, "outcome/confirmation", agrees)

    def news(self, item: str) -> None:
        (row,) = self.desk.api.rows(f"SELECT signal_id FROM intake_items WHERE id = '{item}'")
        number, self.hours = int(str(row["signal_id"])[2:], 16), self.hours + 1
        if self.chance.random() < 0.5:
            self.desk.withdraws(number, self.hours)
        else:
            self.desk.looks_again(number, self.hours, lookups=tuple(range(1, self.hours)))

    def tables(self):
        """Which items are there, in what state, and who is on them."""
        held = self.desk.api.rows("SELECT item_id, assignee FROM assignments WHERE released_at IS NULL")
        return {
            str(row["id"]): (row["status"], {each["assignee"] for each in held if each["item_id"] == row["id"]})
            for row in self.desk.api.rows("SELECT id, status FROM intake_items")
        }


def histories(desk):
    """All items, by what the events tell."""
    looks = [Look(0, "view", "case", 1, signal_id=signal_id(number)) for number in SIGNALS]
    deed = Deed(1, "0", desk.api.clock.at, f"token:{ONE}", "investigator", "p1-" + "0" * 32, None, looks)

    async def known():
        async with reading(desk.api.parts.engine) as connection:
            return await known_of(connection, [deed])

    return desk.api.portal.call(known).items


def test_state_and_people_of_every_item_at_every_moment(api):
    desk = Desk(api)
    for number in SIGNALS:
        desk.opens(number)
    chaos, snapshots = Chaos(desk), {}
    for _ in range(STEPS):
        chaos.step()
        snapshots[desk.api.clock.at] = chaos.tables()
    told, met = histories(desk), set()
    for at, items in snapshots.items():
        assert {item for item, history in told.items() if history.received_at <= at} == set(items)
        for item, (status, people) in items.items():
            assert told[item].status(at) == status
            assert {who for each in (ONE, OTHER, LEAD) if told[item].assigned(who := f"token:{each}", at)} == people
            assert told[item].is_work_of("token:nobody", "investigator", at) is (status in OPEN)
            met.add(status)
    assert len(met) > 4
