"""Eight real registry records as studies of the demo, each with a short word that staff use."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

from recruitment.demo.prompts import make_prompts
from recruitment.models import (
    RecordsList,
    RecordsListItem,
    Site,
    StageSetting,
    Study,
    StudySite,
)
from recruitment.rules.registry import RegistryStudy, parse_study
from recruitment.rules.stages import ACTION_TEXT, Stage
from recruitment.rules.vocabulary import RecordsType
from recruitment.services.registry_import import import_study

RECORDS = Path(__file__).parent / "studies"
WHY_NEEDED = "So that the study team need not ask you again."


@dataclass(frozen=True)
class DemoStudy:
    """How the demo uses one record. The short code is invented and means nothing.

    `sites` maps a site's code to its share of the study's inquiries; `weight` is the study's share
    of all. `report_on` is the weekday and local time of its report.
    """

    nct_id: str
    code: str
    plain_words: str
    interest: str
    sites: Mapping[str, int]
    sources: Mapping[str, int]
    weight: int
    records: tuple[RecordsType, ...]
    report_on: tuple[int, str] = (0, "06:00")
    labels: Mapping[Stage, tuple[str, int | None]] | None = None  # own label and rest days
    small_cell_floor: int = 5


R = RecordsType
STUDIES: tuple[DemoStudy, ...] = (
    DemoStudy(
        "NCT05266625", "HERON",
        "A phone program beside the usual care of type 2 diabetes",
        "Wants help with blood sugar besides medication",
        {"HARBOR": 5, "PRAIRIE": 4},
        {"SITE-DB": 4, "STUDY-PAGE": 3, "CLINIC-REF": 2, "SEARCH-AD": 3},
        8, (R.LABS, R.MEDICATION), (0, "06:00"),
    ),
    DemoStudy(
        "NCT06113666", "WREN-2",
        "A sleep program on the phone for people with multiple sclerosis",
        "Sleeps badly and read about the study",
        {"HARBOR": 1},
        {"PATIENT-GRP": 5, "CLINIC-REF": 3, "STUDY-PAGE": 3, "GP-LETTER": 2},
        10, (R.DIAGNOSIS, R.CLINIC_LETTER), (1, "07:00"),
        {Stage.NOT_QUALIFIED: ("Not proceeding", None), Stage.CONTACTED: ("In conversation", 4)},
    ),
    DemoStudy(
        "NCT06223893", "LINNET",
        "Watching over cirrhosis at home with a phone and a scale",
        "Was told about the study at the liver clinic",
        {"PRAIRIE": 1},
        {"CLINIC-REF": 5, "GP-LETTER": 3, "PATIENT-GRP": 2, "REGISTRY": 2},
        5, (R.LABS, R.IMAGING, R.CLINIC_LETTER), (0, "06:00"), None, 10,
    ),
    DemoStudy(
        "NCT06230445", "MERLIN-3",
        "A phone companion during the treatment of lung cancer",
        "In treatment and looking for support between visits",
        {"HARBOR": 4, "MESA": 3},
        {"CLINIC-REF": 7, "PATIENT-GRP": 3, "STUDY-PAGE": 2, "SEARCH-AD": 2},
        11, (R.PATHOLOGY, R.TREATMENT_HISTORY, R.IMAGING), (2, "06:30"),
        {Stage.RECORDS_NEEDED: ("Records and pathology", 12)},
    ),
    DemoStudy(
        "NCT06615167", "PLOVER",
        "A speech test on a tablet that may help to recognize dementia",
        "Asked for her mother, who forgets more and more",
        {"HARBOR": 3, "PRAIRIE": 4, "MESA": 3},
        {"CLINIC-REF": 3, "HEALTH-FAIR": 4, "RADIO": 4, "REGISTRY": 4, "PATIENT-GRP": 2},
        18, (R.DIAGNOSIS, R.IMAGING, R.MEDICATION), (0, "06:00"),
        {Stage.NOT_QUALIFIED: ("Not proceeding", None), Stage.COORDINATOR_REVIEW: ("Review", 4)},
    ),
    DemoStudy(
        "NCT06667843", "SISKIN",
        "Eating and moving more healthily with a program on the phone",
        "Wants to lose weight without medication",
        {"HARBOR": 3, "PRAIRIE": 3, "MESA": 3},
        {"SOCIAL-AD": 7, "STUDY-PAGE": 4, "SEARCH-AD": 3, "HEALTH-FAIR": 2, "SITE-DB": 2},
        23, (R.LABS, R.MEDICATION), (0, "06:00"),
    ),
    DemoStudy(
        "NCT06669780", "FINCH-1",
        "Talking therapy by phone against headaches after a head injury",
        "Has had headaches since an accident",
        {"PRAIRIE": 4, "MESA": 3},
        {"STUDY-PAGE": 4, "REGISTRY": 3, "GP-LETTER": 3, "SOCIAL-AD": 3},
        12, (R.IMAGING, R.CLINIC_LETTER), (3, "06:00"),
    ),
    DemoStudy(
        "NCT06797245", "TERN-2",
        "A program on the phone for an overactive bladder",
        "Would like an alternative to tablets",
        {"MESA": 1},
        {"SITE-DB": 3, "STUDY-PAGE": 3, "RADIO": 3, "GP-LETTER": 3, "SEARCH-AD": 2},
        8, (R.LABS, R.CLINIC_LETTER), (0, "06:00"),
    ),
)  # fmt: skip


def read_record(nct_id: str) -> RegistryStudy:
    """The registry record as it is kept beside this module."""
    return parse_study((RECORDS / f"{nct_id}.json").read_bytes())


RELEASED_A_DAY = 3  # for each coordinator: these sites are small, and their lists short


def make_study(plan: DemoStudy, sites: Mapping[str, Site], *, at: datetime) -> Study:
    """The study with its sponsor, the registry's places, and its own words for stages."""
    study = import_study(
        read_record(plan.nct_id), by=None, at=at, code=plan.code, is_demo=True
    ).study
    weekday, clock = plan.report_on
    study.plain_words = plan.plain_words
    study.report_zone = sites[next(iter(plan.sites))].time_zone
    study.report_weekday = weekday
    study.report_time = time.fromisoformat(clock)
    study.small_cell_floor = plan.small_cell_floor
    study.released_a_day = RELEASED_A_DAY
    study.save()
    StageSetting.objects.bulk_create(
        StageSetting(
            study=study,
            code=stage,
            version=1,
            label=label,
            short_label=label[:24],
            action_text=ACTION_TEXT[stage],
            rest_days=rest_days,
            set_at=at,
        )
        for stage, (label, rest_days) in (plan.labels or {}).items()
    )
    usual = RecordsList.objects.create(study=study, version=1, set_at=at)
    RecordsListItem.objects.bulk_create(
        RecordsListItem(records_list=usual, type=kind, why=WHY_NEEDED) for kind in plan.records
    )
    make_prompts(study, at=at)
    return study


def make_study_site(study: Study, site: Site, *, target: int, at: datetime) -> StudySite:
    """The study at one clinic, active since `at` (UTC)."""
    return StudySite.objects.create(
        study=study,
        site=site,
        enrollment_target=target,
        target_on=(at + timedelta(weeks=40)).date(),
        activated_at=at,
        capacity_per_week=3 + target // 6,
    )
