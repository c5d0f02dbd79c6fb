"""What only the set-up pages make."""

import hashlib
from datetime import date, timedelta

import factory

from recruitment.models import ApprovedWording, Closure, Holiday, Invitation, Role, StagePrompt
from tests.factories.accounts import UserFactory
from tests.factories.recruitment import MONDAY, SiteFactory, StudyFactory, StudySiteFactory


class HolidayFactory(factory.django.DjangoModelFactory[Holiday]):
    class Meta:
        model = Holiday

    site = factory.SubFactory(SiteFactory)
    on = factory.Sequence(lambda n: date(2026, 1, 1) + timedelta(days=n))
    name = "Founders' day"


class ClosureFactory(factory.django.DjangoModelFactory[Closure]):
    class Meta:
        model = Closure

    site = factory.SubFactory(SiteFactory)
    first_on = date(2026, 8, 3)
    last_on = date(2026, 8, 5)
    reason = "Stock-taking"


class InvitationFactory(factory.django.DjangoModelFactory[Invitation]):
    class Meta:
        model = Invitation

    email = factory.Sequence(lambda n: f"invited{n}@example.org")
    name = factory.Sequence(lambda n: f"Invited {n}")
    role = Role.COORDINATOR
    study_site = factory.SubFactory(StudySiteFactory)
    token_hash = factory.Sequence(lambda n: hashlib.sha256(str(n).encode()).hexdigest())
    invited_at = MONDAY
    invited_by = factory.SubFactory(UserFactory)
    expires_at = factory.LazyAttribute(lambda made: made.invited_at + timedelta(days=7))


class StagePromptFactory(factory.django.DjangoModelFactory[StagePrompt]):
    class Meta:
        model = StagePrompt

    study = factory.SubFactory(StudyFactory)
    stage = "contacted"
    topic = "travel"
    version = factory.Sequence(lambda n: n + 1)
    text = "Say that parking is paid for."
    set_at = MONDAY


class ApprovedWordingFactory(factory.django.DjangoModelFactory[ApprovedWording]):
    class Meta:
        model = ApprovedWording

    study = factory.SubFactory(StudyFactory)
    use = "voicemail"
    language = "en"
    version = 1
    text = "This is the clinic. Please call us back on {callback}."
    approval_reference = "IRB-2026-14"
    approved_version = "v2"
    approved_on = date(2026, 2, 1)
    set_at = MONDAY
