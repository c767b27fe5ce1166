"""A data breach into its referral to Bureau Gegevensbescherming, the 72 hours of AVG art. 33 and what was decided."""

from __future__ import annotations

from collections.abc import Mapping

from services.api.casework import codes
from services.api.casework.deadlines import notification_due_at
from services.api.casework.forms import BreachFacts, BreachForm, NotificationForm
from services.api.casework.hindrances import HinderedError
from services.api.casework.work import Work, new_id
from services.api.db.casework import data_breaches

FACTS = tuple(BreachFacts.model_fields)
NEEDED = ("nature", "contact", "consequences", "measures")
"""What a notification cannot do without (AVG art. 33(3)); numbers of people and records only where possible."""


async def refer(work: Work, form: BreachForm) -> bool:
    """Starts the 72 hours from the moment of knowledge, which may lie before now and never after."""
    breach = work.case.breach
    if breach is not None and (breach.known_at, breach.referred_by) == (form.known_at, work.reader.subject):
        return False
    work.demand("refer-data-breach")
    if form.known_at > work.now:
        raise HinderedError("wrong-time", "knownAt")
    due_at = notification_due_at(form.known_at)
    await work.add(
        data_breaches,
        id=new_id("b"),
        known_at=form.known_at,
        due_at=due_at,
        facts=_facts(form),
        referred_by=work.reader.subject,
        referred_at=work.now,
    )
    await work.record("refer-data-breach", {"lateReferral": work.now > due_at}, breach_due_at=due_at)
    return True


async def notify(work: Work, form: NotificationForm) -> bool:
    """The authority was notified, or need not be; facts given now replace those of the referral."""
    breach = work.case.breach
    if breach is not None and breach.decided_by == work.reader.subject:
        kept = breach.decision, breach.notified_at, breach.delay_reason, breach.reason
        if kept == (form.decision, form.notified_at, form.delay_reason, form.reason):
            return False
    work.demand("notify-data-breach")
    assert breach is not None  # noqa: S101 - demanded
    facts = {**breach.facts, **_facts(form)}
    late = _check(work, form, facts)
    decided = {"decision": form.decision, "decided_by": work.reader.subject, "decided_at": work.now, "facts": facts}
    told = {"notified_at": form.notified_at, "delay_reason": form.delay_reason, "reason": form.reason}
    this = data_breaches.c.id == breach.id
    await work.connection.execute(data_breaches.update().where(this).values(decided | told))
    detail = {"decision": form.decision, "reason": form.reason, "late": late}
    await work.record("notify-data-breach", detail, breach_due_at=None)
    return True


def _facts(form: BreachFacts) -> dict[str, object]:
    return {name: value for name in FACTS if (value := getattr(form, name)) is not None}


def _check(work: Work, form: NotificationForm, facts: Mapping[str, object]) -> bool:
    """Whether the notification was late. Raises HinderedError if it lacks what the law asks."""
    breach = work.case.breach
    if form.decision != codes.NOTIFIED or form.notified_at is None or breach is None:
        return False
    work.demand_past(form.notified_at, breach.known_at, "notifiedAt")
    if missing := [name for name in NEEDED if name not in facts]:
        raise HinderedError("facts-missing", *missing)
    late: bool = form.notified_at > breach.due_at
    if late and form.delay_reason is None:
        raise HinderedError("delay-unexplained", "delayReason")
    return late
