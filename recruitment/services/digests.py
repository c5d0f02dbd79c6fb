"""The e-mail about one's work: when each person hears what is new, and sending it once.

The tick finds whose slot has come and who has news, and writes one job for the person and the
slot. The job reads what is new since she was last told, mails it and moves `told_through`, all
under the lock of her row: run twice or beside itself it mails once, and with the mail server down
it is tried again with nothing lost. One gap is left, as with all mail: a worker that is killed
between the server's yes and our commit sends again (at least once). Both then carry the same
Message-ID, by which mail programs know them for one.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse

from accounts.models import User
from recruitment.models import Digest, Site, StudySiteUserPermission
from recruitment.rules.digests import Slot, slot_of
from recruitment.rules.recovery_codes import DigestRhythm
from recruitment.services import jobs
from recruitment.services.calendars import calendar_of
from recruitment.services.digest_news import News, Window, has_news, news_of
from recruitment.services.log import check_times
from recruitment.services.verbs import verb
from trialsnest.lib.words import local, moment, zone_words

log = logging.getLogger("trialsnest.digests")
MAIL = "mail.digest"
SUBJECT = "TrialsNest: new in your work"


@dataclass(frozen=True)
class Reader:
    """Somebody who works on leads, and the site whose opening is her morning."""

    user: User
    site: Site


@verb
@transaction.atomic
def set_rhythm(*, user: User, rhythm: DigestRhythm, at: datetime) -> None:
    """Change when `user` hears by e-mail. `at` is UTC. May run twice.

    Whoever had switched it off hears of what comes from now on, not of all that came meanwhile.
    Raises InvalidInput for an unknown rhythm.
    """
    Digest.objects.get_or_create(user=user, defaults={"told_through": at})
    digest = Digest.objects.select_for_update().get(user=user)
    if digest.rhythm == DigestRhythm.OFF and rhythm != DigestRhythm.OFF:
        digest.told_through = at
    digest.rhythm = rhythm
    digest.save(update_fields=["rhythm", "told_through"])


def send_digests(*, at: datetime) -> int:
    """Queue an e-mail for everybody whose slot has come by `at` (UTC) and who has news.

    How many were queued. May run twice, late, or beside itself: a slot is one job. A missed slot
    is told by the next one, from where the last e-mail ended. Raises InvalidInput for a time to
    come.
    """
    check_times(occurred_at=at, at=at, received_at=None)
    people = readers()
    digests = _digests_of(people, at)
    return sum(_look(reader, digests[reader.user.pk], at) for reader in people)


def readers() -> list[Reader]:
    """Active people who work on some study at a site, with the first of her sites by its code.

    One statement.
    """
    return [Reader(row.user, row.content_object.site) for row in _works()]


def reader_of(user: User) -> Reader | None:
    """The same for one person; None for whoever works on no study at a site."""
    return next((Reader(row.user, row.content_object.site) for row in _works(user=user)), None)


def _works(**whose: object) -> QuerySet[StudySiteUserPermission]:
    held = StudySiteUserPermission.objects.filter(
        permission__codename="view_leads", user__is_active=True, **whose
    )
    first = held.order_by("user", "content_object__site__code").distinct("user")
    return first.select_related("user", "content_object__site")


def _digests_of(people: Sequence[Reader], at: datetime) -> Mapping[int, Digest]:
    """Each person's row; whoever has none yet hears of what comes from `at` on."""
    users = [reader.user for reader in people]
    have = set(Digest.objects.filter(user__in=users).values_list("user", flat=True))
    new = [Digest(user=user, told_through=at) for user in users if user.pk not in have]
    Digest.objects.bulk_create(new, ignore_conflicts=True)
    return {digest.user_id: digest for digest in Digest.objects.filter(user__in=users)}


def _look(reader: Reader, digest: Digest, at: datetime) -> bool:
    """Queue the e-mail of one person's latest slot, if she was not told yet and has news."""
    slot = slot_of(DigestRhythm(digest.rhythm), at=at, calendar=calendar_of(reader.site))
    if slot is None:
        return False
    since = digest.told_through or slot.through
    if since >= slot.through:
        return False
    if has_news(reader.user, Window(since, slot.through), now=at):
        _enqueue(reader.user, slot, at)
        return True
    rows = Digest.objects.filter(pk=digest.pk, told_through=digest.told_through)
    rows.update(told_through=slot.through)
    return False


def _enqueue(user: User, slot: Slot, at: datetime) -> None:
    jobs.enqueue(
        MAIL,
        key=f"{MAIL}:{user.pk}:{slot.key}",
        ids={"user": user.pk, "slot": slot.at.isoformat()},
        at=at,
    )


def send_mail(ids: jobs.Ids, at: datetime) -> None:
    """Mail one person what is new up to one slot, and note that she was told.

    Nothing for somebody suspended or removed, who wants none any more, or who was told already.
    """
    slot = Slot(datetime.fromisoformat(str(ids["slot"])))
    wanted = Digest.objects.filter(user=int(ids["user"]), user__is_active=True)
    wanted = wanted.exclude(rhythm=DigestRhythm.OFF).select_for_update(of=("self",))
    digest = wanted.select_related("user").first()
    if digest is None or digest.told_through is None or digest.told_through >= slot.through:
        return
    window = Window(digest.told_through, slot.through)
    news = news_of(digest.user, window, now=at)
    if news:
        message_of(digest.user, news, window, slot).send()
        digest.sent_at = at
    digest.told_through = slot.through
    digest.save(update_fields=["told_through", "sent_at"])
    log.info("digest", extra={"user": digest.user_id, "kinds": len(news)})


def message_of(
    user: User, news: Sequence[News], window: Window, slot: Slot
) -> EmailMultiAlternatives:
    """The e-mail in text and HTML: counts and links, no names, numbers or titles (PR4)."""
    context = {
        "news": news,
        "since": f"{moment(local(window.since, user.time_zone))}, {zone_words(user.time_zone)}",
        "base": settings.PUBLIC_URL,
        "settings_path": reverse("work_mail"),
    }
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    message = EmailMultiAlternatives(
        SUBJECT,
        render_to_string("mail/digest.txt", context),
        to=[user.email],
        headers={
            "Message-ID": f"<digest-{user.pk}-{slot.key}@{host}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(render_to_string("mail/digest.html", context), "text/html")
    return message


jobs.register(MAIL, send_mail)
