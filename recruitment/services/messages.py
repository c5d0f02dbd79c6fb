"""A call taken for somebody whose lead the taker may not see, passed on (OA9, PR2, D24).

What the taker does is the same whether or not the number is known: one row and one job are written,
and nothing is looked up. Who it is about is found afterwards by the job, so that neither the
answer nor its time tells the taker anything.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import User
from recruitment.models import ContactPoint, Job, Lead, Message, Person, Site
from recruitment.rules.calendars import next_opening
from recruitment.rules.contact_zones import moved_into
from recruitment.rules.events import EventKind
from recruitment.rules.identity import name_key, normalize_email, normalize_phone, split_name
from recruitment.rules.next_actions import Plan
from recruitment.rules.refusals import InvalidInput
from recruitment.rules.stages import CLOSED, OPEN
from recruitment.rules.texts import line_of
from recruitment.rules.vocabulary import ActionType, Channel
from recruitment.rules.work_codes import PushBack
from recruitment.services import jobs
from recruitment.services.alerts import site_leads
from recruitment.services.calendars import calendar_of
from recruitment.services.contact_times import is_forbidden, reach_for
from recruitment.services.intake import lock_key
from recruitment.services.log import Change, change
from recruitment.services.next_actions import replace_action
from recruitment.services.verbs import verb
from trialsnest.lib.words import clock, day_short, local

ROUTE, MAIL = "message.route", "mail.message"
MAX_CALLER, MAX_TEXT = 120, 300  # characters
SOON = timedelta(hours=2)  # when to call back somebody who named no time, in opening hours
AHEAD = timedelta(days=60)  # how far off a call back may be asked for


@verb
@transaction.atomic
def pass_on_message(
    *,
    site: Site,
    reach: str,
    by: User,
    at: datetime,
    once: str,
    caller: str = "",
    text: str = "",
    call_back_at: datetime | None = None,
) -> None:
    """Keep the message, and let a job find whom it is for. Answers nothing, on purpose.

    `reach` is a telephone number or an e-mail address, `call_back_at` (UTC) when the caller wants
    to be called. `once` makes it once: a form sent twice passes on one message. `at` is UTC.
    Raises InvalidInput. Four statements and the job's, the same for every number.
    """
    kind, value = read_reach(reach, country=site.country)
    if not kind:
        raise InvalidInput("Give a telephone number or an e-mail address.", field="reach")
    if call_back_at is not None and not at < call_back_at <= at + AHEAD:
        raise InvalidInput(
            f"Choose a time from now on, at most {AHEAD.days} days ahead.", field="call_day"
        )
    key = f"{ROUTE}:{by.pk}:{once}"
    lock_key(key)
    if Job.objects.filter(key=key).exists():
        return
    message = Message.objects.create(
        site=site,
        taken_at=at,
        taken_by=by,
        caller=line_of(caller, most=MAX_CALLER, field="caller"),
        reach=value,
        text=line_of(text, most=MAX_TEXT, field="text"),
        call_back_at=call_back_at,
    )
    jobs.enqueue(ROUTE, key=key, ids={"message": message.pk}, at=at)


@verb
@transaction.atomic
def answer_message(*, message: Message, by: User, at: datetime) -> None:
    """Note that it was seen to, by whom and when (UTC). The first to say so counts; may run twice.

    What was done about it stands with the lead, or in a new one.
    """
    row = Message.objects.select_for_update().get(pk=message.pk)
    if row.answered_at is None:
        row.answered_at, row.answered_by = max(at, row.taken_at), by
        row.save(update_fields=["answered_at", "answered_by"])


def read_reach(text: str, *, country: str) -> tuple[str, str]:
    """Its kind ("phone", "email", "" for neither) and the form in which it is kept."""
    phone = None if "@" in text else normalize_phone(text, country or "US")
    if phone:
        return "phone", phone
    email = normalize_email(text)
    return ("email", email) if email else ("", "")


def route_message(ids: jobs.Ids, at: datetime) -> None:
    """Find the lead that a message is about, plan the call back, and tell who is to make it.

    In the transaction of the job: the lead's events, its action and the message's lead come
    together. Where nobody or more than one person is found the message waits in intake. May run
    twice: a message with a lead is left alone.
    """
    message = (
        Message.objects.select_for_update(of=("self",))
        .select_related("site", "taken_by")
        .filter(pk=ids["message"], lead=None, answered_at=None)
        .first()
    )
    lead = lead_about(message, at=at) if message is not None else None
    if message is None or lead is None:
        return
    message.lead = lead
    message.save(update_fields=["lead"])
    is_planned = _plan_call(message, lead, at=at)
    told = [lead.owner] if is_planned and lead.owner is not None else site_leads(lead.study_site)
    for user in told:
        jobs.enqueue(
            MAIL,
            key=f"{MAIL}:{message.pk}:{user.pk}",
            ids={"message": message.pk, "to": user.pk},
            at=at,
        )


def lead_about(message: Message, *, at: datetime) -> Lead | None:
    """The open lead at the message's site that it is about; None where that is not certain.

    A number may be shared: several people are told apart by the caller's name, or not at all
    (D24). Of several leads of one person it is the one that was worked on last.
    """
    is_phone = "@" not in message.reach
    points = ContactPoint.objects.current(at=at).holding(
        phones=[message.reach] if is_phone else [], emails=[] if is_phone else [message.reach]
    )
    found = list(
        Lead.objects.filter(
            person__in=points.values("person"), study_site__site=message.site_id, stage__in=OPEN
        ).select_related("person", "owner", "study_site__study", "study_site__site")
    )
    people = {lead.person_id: lead.person for lead in found}
    if len(people) > 1:
        people = {key: person for key, person in people.items() if _is_named(person, message)}
    if len(people) != 1:
        return None
    hers = [lead for lead in found if lead.person_id in people]
    return max(hers, key=lambda lead: (lead.last_action_at or lead.received_at, lead.pk))


def _plan_call(message: Message, lead: Lead, *, at: datetime) -> bool:
    """Plan the call back, unless nobody may call; a promise that stands is kept, with a note.

    The software does this: whoever took the call did not work on the lead. Whether its owner is to
    call.
    """
    with change(lead, by=None, at=at, seen=None) as work:
        reach = reach_for(work)
        is_closed = work.state.stage in CLOSED  # since it was looked for
        if is_closed or is_forbidden(work, reach, Channel.PHONE):
            return False
        calendar = calendar_of(message.site)
        due = max(message.call_back_at or next_opening(at + SOON, calendar), at)
        plan = Plan(ActionType.CALL, due, is_promised=True)
        plan = moved_into(plan, reach.where, reach.window)
        row, said = work.action_row, words_of(message)
        if row is not None and not row.is_promised:
            later = PushBack.ASKED if plan.due_at > row.due_at else ""
            said += f" In place of: {ActionType(row.type).label}, {_when(row.due_at, work)}."
            replace_action(work, plan, done=False, reason_code=later, reach=reach)
        work.add(EventKind.NOTE_ADDED, note=said)
    return True


def words_of(message: Message) -> str:
    """The message as a note: who took it and when on the site's clock, from whom, and what."""
    zone = message.site.time_zone
    taken = local(message.taken_at, zone)
    said = [f"Call taken by {message.taken_by.name}, {day_short(taken)} {clock(taken)}."]
    said.append(f"From {message.caller or 'somebody'}, {message.reach}.")
    if message.text:
        said.append(f"“{message.text}”")
    if message.call_back_at is not None:
        wanted = local(message.call_back_at, zone)
        said.append(f"Wants to be called {day_short(wanted)} {clock(wanted)}.")
    return " ".join(said)


def _when(at: datetime, work: Change) -> str:
    there = local(at, work.lead.study_site.site.time_zone)
    return f"{day_short(there)} {clock(there)}"


def _is_named(person: Person, message: Message) -> bool:
    name = split_name(message.caller)
    given = name_key(name.first, name.last)
    return bool(given) and given == name_key(person.first_name, person.last_name)


def send_mail(ids: jobs.Ids, at: datetime) -> None:
    """Mail one person that a message waits: no name, no number (PR4). Nothing once answered.

    A kill after sending sends it twice.
    """
    message = Message.objects.filter(pk=ids["message"], answered_at=None).first()
    user = User.objects.filter(pk=ids["to"], is_active=True).first()
    if message is None or user is None:
        return
    link = settings.PUBLIC_URL + reverse("messages")
    body = render_to_string("recruitment/days/message_mail.txt", {"link": link})
    EmailMessage("TrialsNest: a message for you", body, to=[user.email]).send()


jobs.register(ROUTE, route_message)
jobs.register(MAIL, send_mail)
