"""A data breach into its referral to Bureau Gegevensbescherming, the 72 hours of AVG art. 33 and what was decided."""

from __future__ import annotations

from collections.abc import Mapping

from services.api.casework import codes
from services.api.casework.deadlines import notification_due_at
from services.api.casework.forms import BreachFacts, BreachForm, KnowledgeForm, NotificationForm
from services.api.casework.hindrances import HinderedError
from services.api.casework.work import Work, new_id
from services.api.db.breaches import breach_corrections, breach_decisions, data_breaches
from services.core.wire import to_wire

FACTS = tuple(BreachFacts.model_fields)
NEEDED = ("nature", "contact", "consequences", "measures")
"""What a notification cannot do without (AVG art. 33(3)); numbers of people and records only where possible."""
DECIDED = ("decision", "notified_at", "delay_reason", "reason", "motivation")


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


async def correct(work: Work, form: KnowledgeForm) -> bool:
    """Another moment of knowledge, and why; the 72 hours run from there, and the earlier one is kept."""
    corrections, told = work.case.breach_corrections, (form.known_at, form.reason, work.reader.subject)
    if any((row.known_at, row.reason, row.corrected_by) == told for row in corrections[-1:]):
        return False
    work.demand("correct-data-breach")
    breach, decision = work.case.breach, work.case.breach_decision
    assert breach is not None  # noqa: S101 - demanded
    if form.known_at == breach.known_at:
        raise HinderedError("same-moment", "knownAt")
    notified_at = decision and decision.notified_at
    if form.known_at > (notified_at or work.now):
        raise HinderedError("wrong-time", "knownAt")
    due_at = notification_due_at(form.known_at)
    await work.add(
        breach_corrections,
        number=len(corrections) + 1,
        known_before=breach.known_at,
        known_at=form.known_at,
        reason=form.reason,
        corrected_by=work.reader.subject,
        corrected_at=work.now,
    )
    await _change(work, known_at=form.known_at, due_at=due_at)
    detail = {"knownBefore": to_wire(breach.known_at), "knownAt": to_wire(form.known_at)}
    await work.record("correct-data-breach", detail, **({} if decision else {"breach_due_at": due_at}))
    return True


async def notify(work: Work, form: NotificationForm) -> bool:
    """The authority was notified, or need not be; the last decision holds, and facts given now replace earlier ones."""
    if _is_repeated(work, form):
        return False
    work.demand("notify-data-breach")
    breach = work.case.breach
    assert breach is not None  # noqa: S101 - demanded
    facts = {**breach.facts, **_facts(form)}
    late = _check(work, form, facts)
    number = len(work.case.breach_decisions) + 1
    await work.add(
        breach_decisions,
        number=number,
        facts=facts,
        due_at=breach.due_at,
        decided_by=work.reader.subject,
        decided_at=work.now,
        **{name: getattr(form, name) for name in DECIDED},
    )
    await _change(work, facts=facts, decided_at=work.now)
    detail = {"number": number, "decision": form.decision, "reason": form.reason, "late": late}
    await work.record("notify-data-breach", detail, breach_due_at=None)
    return True


def _is_repeated(work: Work, form: NotificationForm) -> bool:
    last = work.case.breach_decision
    if last is None or last.decided_by != work.reader.subject or not last.facts.items() >= _facts(form).items():
        return False
    return all(getattr(last, name) == getattr(form, name) for name in DECIDED)


async def _change(work: Work, **values: object) -> None:
    this = data_breaches.c.item_id == work.case.item.id
    await work.connection.execute(data_breaches.update().where(this).values(values))


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
