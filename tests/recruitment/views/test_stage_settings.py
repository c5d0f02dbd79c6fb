"""The settings pages of a study's stages and prompts, and where their words show."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from recruitment.models import StagePrompt, StageSetting, StudySite
from recruitment.rules.stages import ACTION_TEXT, Stage
from tests.factories.recruitment import make_lead

SignIn = Callable[[User], Client]


@pytest.fixture
def admin(administrator: User, as_user: SignIn) -> Client:
    return as_user(administrator)


def stage_url(study_site: StudySite, stage: Stage) -> str:
    return reverse("stage_setting_edit", args=[study_site.study_id, stage])


def typed(stage: Stage, **values: str) -> dict[str, str]:
    usual = {"seen": "0", "label": stage.label, "action_text": ACTION_TEXT[stage]}
    return usual | values


def test_the_page_lists_every_stage_with_its_words_and_its_leads(
    admin: Client, study_site: StudySite
) -> None:
    make_lead(study_site)
    make_lead()

    page = admin.get(reverse("stage_settings", args=[study_site.study_id])).content.decode()

    assert [stage for stage in Stage if stage_url(study_site, stage) not in page] == []
    assert page.count("<tr ") == len(Stage) + 1
    assert ">1</span></td>" in page.replace("\n", "").replace(" ", "")


def test_s75_renaming_records_needed_changes_its_label_not_codes_nor_buckets(
    admin: Client, study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    lead, elsewhere = make_lead(study_site, owner=coordinator), make_lead(owner=coordinator)
    for row in (lead, elsewhere):
        type(row).objects.filter(pk=row.pk).update(stage=Stage.RECORDS_NEEDED, stale_at=None)
    url = stage_url(study_site, Stage.RECORDS_NEEDED)

    saved = admin.post(url, typed(Stage.RECORDS_NEEDED, label="Pathology wanted"))
    queue = as_user(coordinator).get("/queue/?tab=team").content.decode()
    page = as_user(coordinator).get(f"/leads/{lead.number}/").content.decode()

    assert saved.status_code == 302
    assert f'id="lead-{lead.number}" role="row" data-stage="records_needed"' in queue
    assert "Pathology wanted" in queue
    rows = queue.split("<tbody", 1)[1].split("</tbody>", 1)[0]
    assert "Records needed" not in rows, "buckets and filters keep it, the same for all studies"
    assert 'data-bucket="records_needed" data-count="1"' in queue
    assert 'class="stage" data-stage="records_needed">Pathology wanted<' in page
    lead.refresh_from_db()
    assert lead.stage == "records_needed"


@pytest.mark.parametrize("field", ["label", "short_label", "action_text", "help_text"])
def test_s75_renaming_to_eligible_is_refused_at_the_field(
    admin: Client, study_site: StudySite, field: str
) -> None:
    url = stage_url(study_site, Stage.RECORDS_NEEDED)

    answer = admin.post(url, typed(Stage.RECORDS_NEEDED, **{field: "Eligible"}))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "only the study team may say" in page
    assert f'<a href="#id_{field}">' in page
    assert not StageSetting.objects.exists()


def test_the_same_action_twice_is_asked_about_and_then_saved(
    admin: Client, study_site: StudySite
) -> None:
    url = stage_url(study_site, Stage.CONTACTED)
    same = typed(Stage.CONTACTED, action_text=ACTION_TEXT[Stage.SCREENED])

    asked = admin.post(url, same)
    unsure = admin.post(url, same | {"confirmed": ""})
    sure = admin.post(url, same | {"confirmed": "on"})

    assert asked.status_code == unsure.status_code == 422
    assert "Does this change an action?" in asked.content.decode()
    assert 'name="confirmed"' in asked.content.decode()
    assert sure.status_code == 302
    listed = admin.get(reverse("stage_settings", args=[study_site.study_id])).content.decode()
    assert "“Contacted” and “Screened” ask staff for the same." in listed


def test_the_preview_shows_what_was_typed_and_saves_nothing(
    admin: Client, study_site: StudySite
) -> None:
    url = stage_url(study_site, Stage.CONTACTED)

    page = admin.post(url, typed(Stage.CONTACTED, label="In touch", look="yes"))

    assert page.status_code == 200
    assert "Moved to In touch" in page.content.decode()
    assert not StageSetting.objects.exists()


def test_who_saved_second_is_told_and_may_save_over_it(
    admin: Client, study_site: StudySite, administrator: User
) -> None:
    url = stage_url(study_site, Stage.CONTACTED)
    admin.post(url, typed(Stage.CONTACTED, label="In touch"))

    second = admin.post(url, typed(Stage.CONTACTED, label="Talking"))

    assert second.status_code == 409
    assert f"{administrator.name} changed this stage" in second.content.decode()
    assert 'name="seen" value="1"' in second.content.decode()
    assert admin.post(url, typed(Stage.CONTACTED, label="Talking", seen="1")).status_code == 302
    page = admin.get(url).content.decode()
    assert "from “In touch” to “Talking”" in page


@pytest.mark.parametrize(
    "values",
    [{"seen": ""}, {"seen": "9"}, {"seen": "-1"}, {"label": ""}, {"rest_days": "many"}],
)
def test_what_cannot_be_read_is_refused(
    admin: Client, study_site: StudySite, values: dict[str, Any]
) -> None:
    answer = admin.post(stage_url(study_site, Stage.CONTACTED), typed(Stage.CONTACTED, **values))

    assert answer.status_code == 422
    assert not StageSetting.objects.exists()


def test_a_stage_that_is_none_is_not_found(admin: Client, study_site: StudySite) -> None:
    assert admin.get(f"/setup/studies/{study_site.study_id}/stages/eligible/").status_code == 404


def test_a_hidden_stage_is_offered_nowhere_on_the_lead(
    admin: Client, study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    lead = make_lead(study_site, owner=coordinator)
    asked = f"/leads/{lead.number}/"
    before = as_user(coordinator).get(asked).content.decode()

    admin.post(
        stage_url(study_site, Stage.AWAITING_PRESCREEN),
        typed(Stage.AWAITING_PRESCREEN, is_hidden="on"),
    )
    after = as_user(coordinator).get(asked).content.decode()

    assert 'value="awaiting_prescreen"' in before
    assert "awaiting_prescreen" not in after
    assert "Awaiting prescreen" not in after


def test_the_forms_of_a_lead_name_stages_as_the_study_does(
    admin: Client, study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    lead = make_lead(study_site, owner=coordinator)

    admin.post(stage_url(study_site, Stage.CONTACTED), typed(Stage.CONTACTED, label="In touch"))
    page = as_user(coordinator).get(f"/leads/{lead.number}/").content.decode()

    assert "Move to In touch" in page
    assert "Move to Contacted" not in page


def test_the_queue_costs_the_same_with_a_study_s_own_words(
    admin: Client,
    study_site: StudySite,
    coordinator: User,
    as_user: SignIn,
    count_queries: Callable[..., int],
) -> None:
    client = as_user(coordinator)
    for _ in range(2):
        make_lead(study_site, owner=coordinator)
    admin.post(stage_url(study_site, Stage.NEW_INQUIRY), typed(Stage.NEW_INQUIRY, label="Just in"))
    client.get("/queue/")
    few = count_queries(client.get, "/queue/")
    for _ in range(8):
        make_lead(study_site, owner=coordinator)

    assert count_queries(client.get, "/queue/") == few


def test_a_bucket_of_one_study_says_what_that_study_does(
    admin: Client, study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    own = "Send the parking map."
    admin.post(stage_url(study_site, Stage.CONTACTED), typed(Stage.CONTACTED, action_text=own))
    bucket = "/queue/?tab=team&bucket=contacted"

    of_all = as_user(coordinator).get(bucket).content.decode()
    of_one = as_user(coordinator).get(f"{bucket}&study={study_site.study_id}").content.decode()

    assert ACTION_TEXT[Stage.CONTACTED] in of_all
    assert own not in of_all
    assert own in of_one


PROMPT = {"stage": "new_inquiry", "topic": "travel", "text": "Parking is paid for."}
APPROVAL = {
    "approval_reference": "IRB-2026-014",
    "approved_version": "2",
    "approved_on": "2026-02-20",
}


def test_a_prompt_is_added_shown_changed_and_retired(
    admin: Client, study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    lead = make_lead(study_site, owner=coordinator)
    here = reverse("stage_prompts", args=[study_site.study_id])

    def seen() -> str:
        client = as_user(coordinator)
        page = client.get(f"/leads/{lead.number}/").content.decode()
        panel = client.get(f"/leads/{lead.number}/", headers={"HX-Target": "panel"})
        assert ("Say and ask" in page) == ("Say and ask" in panel.content.decode())
        return page

    assert "Say and ask" not in seen()
    assert admin.post(f"{here}add/", PROMPT).status_code == 302
    assert "Parking is paid for." in seen()

    prompt = StagePrompt.objects.get()
    url = reverse("stage_prompt_edit", args=[prompt.pk])
    assert "Parking is paid for." in admin.get(url).content.decode()
    assert admin.post(url, {"text": "Taxis are paid for."}).status_code == 302
    assert "Taxis are paid for." in seen()
    assert "Parking" not in seen()
    assert admin.post(url, {"text": "Too late."}).status_code == 422

    second = StagePrompt.objects.get(retired_at__isnull=True)
    assert admin.post(reverse("stage_prompt_retire", args=[second.pk])).status_code == 302
    assert "Say and ask" not in seen()
    assert "Retired" in admin.get(here).content.decode()


def test_a_talking_point_without_approval_is_kept_as_a_draft(
    admin: Client, study_site: StudySite, coordinator: User, as_user: SignIn
) -> None:
    lead = make_lead(study_site, owner=coordinator)
    here = reverse("stage_prompts", args=[study_site.study_id])
    point = PROMPT | {"topic": "talking_point", "text": "Say what the study is about."}

    page = admin.post(f"{here}add/", point, follow=True).content.decode()
    on_lead = as_user(coordinator).get(f"/leads/{lead.number}/").content.decode()
    admin.post(reverse("stage_prompt_edit", args=[StagePrompt.objects.get().pk]), point | APPROVAL)
    approved = as_user(coordinator).get(f"/leads/{lead.number}/").content.decode()

    assert "kept as a draft" in page
    assert "Not shown: no approval on record" in page
    assert "Say what the study is about." not in on_lead
    assert "Say what the study is about." in approved
    assert "IRB-2026-014, version 2" in approved


@pytest.mark.parametrize(
    "values",
    [
        {"stage": ""},
        {"stage": "enrolled"},
        {"topic": "weather"},
        {"text": ""},
        {"text": "You are eligible."},
        {"approval_reference": "IRB-1"},
        APPROVAL | {"approved_on": "2031-01-01"},
        {"approved_on": "20 Feb"},
    ],
)
def test_a_prompt_that_cannot_be_read_is_refused(
    admin: Client, study_site: StudySite, values: dict[str, str]
) -> None:
    here = reverse("stage_prompt_add", args=[study_site.study_id])

    assert admin.post(here, PROMPT | values).status_code == 422
    assert not StagePrompt.objects.exists()
