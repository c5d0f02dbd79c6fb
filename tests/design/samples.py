"""Invented values for the gallery: forms, leads, charts, a timeline."""

from datetime import UTC, date, datetime
from types import SimpleNamespace

from django import forms
from django.utils.safestring import SafeString, mark_safe

from trialsnest.lib.charts.funnel import Step, funnel, funnel_narrow
from trialsnest.lib.charts.movement import Week, movement
from trialsnest.lib.charts.small import bar, overrun, progress, signal

NOW = datetime(2026, 11, 17, 17, 42, tzinfo=UTC)
ZONE = "America/Phoenix"


class StudySiteForm(forms.Form):
    """A form with one of every kind of field."""

    name = forms.CharField(label="Name of the study at this site", help_text="As staff say it.")
    zone = forms.ChoiceField(label="Time zone", choices=[("", "Choose"), (ZONE, "Phoenix")])
    starts_on = forms.DateField(
        label="Recruiting from", widget=forms.DateInput(attrs={"type": "date"})
    )
    ends_on = forms.DateField(
        label="Recruiting until", required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    target = forms.IntegerField(
        label="Enrollment target", help_text="People, at this site.", min_value=1
    )
    cadence = forms.ChoiceField(
        label="Report",
        choices=[("weekly", "Weekly"), ("two", "Every two weeks"), ("month", "Monthly")],
        widget=forms.RadioSelect(attrs={"class": "options--row"}),
    )
    days = forms.MultipleChoiceField(
        label="Open on",
        choices=[("mon", "Monday"), ("tue", "Tuesday"), ("wed", "Wednesday")],
        widget=forms.CheckboxSelectMultiple,
        help_text="Targets count in these hours.",
    )
    note = forms.CharField(label="Note", required=False, widget=forms.Textarea)
    file = forms.FileField(label="Study record", help_text="JSON from the registry.")
    is_open = forms.BooleanField(
        label="Open for new leads", required=False, help_text="Off: import and entry refuse them."
    )


class SignInForm(forms.Form):
    """Stands for the sign-in library's own form, whose labels the template replaces."""

    login = forms.EmailField()
    password = forms.CharField(widget=forms.PasswordInput, help_text="help")


class ProfileForm(forms.Form):
    """The fields that My profile needs."""

    name = forms.CharField(initial="Priya Raman")
    time_zone = forms.ChoiceField(
        choices=[(ZONE, ZONE)], help_text="Times on your screen follow this clock."
    )
    theme = forms.ChoiceField(
        choices=[("", "As the system"), ("light", "Light"), ("dark", "Dark")],
        required=False,
        widget=forms.RadioSelect(attrs={"class": "options--row"}),
    )
    density = forms.ChoiceField(
        choices=[("", "Compact"), ("roomy", "Roomy")],
        required=False,
        widget=forms.RadioSelect(attrs={"class": "options--row"}),
    )
    single_keys = forms.BooleanField(
        required=False, help_text="j, k, l and digits, never while typing."
    )
    opens_next = forms.BooleanField(required=False, help_text="In the order of the list.")


def _svg(markup: str) -> SafeString:
    return mark_safe(markup)  # noqa: S308 - drawn by the project


STEPS = [
    Step("New interest", 214, 31),
    Step("Contact attempted", 206, 29, 96, 95),
    Step("Reached", 141, 20, 68, 70),
    Step("Prescreen completed", 96, 14, 68, 66),
    Step("Ready for review", 58, 9, 60, 62),
    Step("Records complete", 27, 3, 47, 66),
    Step("Scheduled", 22, 3, 81, 80),
    Step("Screened", 14, 2, 64, 68),
]
WEEKS = [
    Week("27 Sep", 38, 9, 4),
    Week("4 Oct", 41, 12, 5),
    Week("11 Oct", 36, 8, 6),
    Week("18 Oct", 44, 11, 5),
    Week("25 Oct", 40, 10, 8),
    Week("1 Nov", 39, 13, 6),
    Week("8 Nov", 41, 9, 7),
    Week("15 Nov", 37, 12, 9),
]
WITHHELD = [Step("Reached", 20), Step("Prescreen completed", None), Step("Scheduled", 6)]


def charts() -> dict[str, object]:
    wide, narrow = funnel(STEPS, slow=5), funnel_narrow(STEPS, slow=5)
    return {
        "funnel": _svg(wide),
        "funnel_narrow": _svg(narrow),
        "columns": ["Step", "Leads", "This week", "Passed (usual)"],
        "withheld": _svg(funnel(WITHHELD, uid="withheld", width=560)),
        "movement": _svg(movement(WEEKS)),
        "movement_narrow": _svg(
            movement(WEEKS, uid="movement-n", width=350, height=230, is_narrow=True)
        ),
        "steps": [
            (step.label, step.words, step.this_week or "", step.rate_words) for step in STEPS
        ],
        "signal": _svg(
            signal(
                11, usual=(4, 5.5, 7), largest=14, title="Days on records", uid="s1", reading="main"
            )
        ),
        "signal_few": _svg(
            signal(3, usual=None, largest=14, title="Visits moved", uid="s2", reading="few")
        ),
        "bar": _svg(bar(9, 31)),
        "overrun": _svg(overrun(19, 7, 21)),
        "progress": _svg(progress(2, 9)),
    }


def _lead(number: str, name: str, due: datetime, **more: object) -> SimpleNamespace:
    values: dict[str, object] = {
        "number": number,
        "name": name,
        "due": due,
        "study": "WREN-2",
        "stage": "records_needed",
        "stage_label": "Records needed",
        "lane": "overdue",
        "action": "Call about the unsigned release form",
        "blocker": "",
        "owner": "You",
        "source": "Physician referral",
        "last": "Voicemail",
        "last_at": datetime(2026, 11, 16, 20, tzinfo=UTC),
        "moved": "Records requested",
        "moved_at": datetime(2026, 11, 12, 22, 26, tzinfo=UTC),
    }
    return SimpleNamespace(**(values | more))


OUTCOMES = ["Reached", "No response", "Prescreen started", "Records needed"]
OUTCOMES += ["Ready for review", "Visit scheduled", "Waiting", "Close lead"]


def queue() -> dict[str, object]:
    overdue = [
        _lead(
            "7K3M9Q2A",
            "Marisol Okafor",
            datetime(2026, 11, 16, 16, tzinfo=UTC),
            blocker="Missing records",
        ),
        _lead(
            "B4T8W1XZ",
            "Dennis Whitlock",
            datetime(2026, 11, 15, 9, tzinfo=UTC),
            stage_label="Contacted",
        ),
        _lead("Q0N5H6RD", "Nguyễn Anh Thư", datetime(2026, 11, 17, 15, tzinfo=UTC), owner=""),
    ]
    today = [
        _lead(
            "M2P7C4GJ", "محمد عبد الرحمن", datetime(2026, 11, 17, 18, tzinfo=UTC), lane="due_today"
        ),
        _lead(
            "W9S1F8KV",
            "Wolfeschlegelsteinhausenbergerdorff-Papadimitrakopoulos",
            datetime(2026, 11, 17, 21, 30, tzinfo=UTC),
            lane="due_today",
            blocker="Medication review",
            action="Read the medication answers with Dr. Osei and write down what is still open",
        ),
        _lead("D6V3X0TB", "Łukasz Żółć", datetime(2026, 11, 19, 16, tzinfo=UTC), lane="rest"),
    ]
    names = ["New inquiries", "Awaiting prescreen", "Coordinator review", "Contacted"]
    names += ["Records needed", "Scheduling-ready", "Scheduled"]
    codes = ["new_inquiry", "awaiting_prescreen", "coordinator_review", "contacted"]
    codes += ["records_needed", "ready_to_schedule", "scheduled"]
    counts = [3, 4, 0, 4, 5, 2, 2]
    buckets = [
        {"code": code, "label": name, "count": count, "overdue": count // 3, "today": count // 2}
        for code, name, count in zip(codes, names, counts, strict=True)
    ]
    return {
        "buckets": buckets,
        "outcomes": OUTCOMES,
        "whens": ["In 2 h", "Today 16:00", "Wed 09:00", "Thu 09:00", "Other"],
        "lanes": [("overdue", "Past due", overdue), ("due_today", "Due today", today)],
    }


def timeline() -> list[SimpleNamespace]:
    reached = SimpleNamespace(
        at=datetime(2026, 11, 12, 22, 20, tzinfo=UTC),
        what="Reached by phone",
        who="Priya Raman",
        more="Happy to share notes. Release form sent by text.",
        is_move=True,
    )
    tried = SimpleNamespace(
        at=datetime(2026, 11, 11, 23, 5, tzinfo=UTC), what="No answer", who="Priya Raman", more=""
    )
    stale = SimpleNamespace(
        at=datetime(2026, 11, 16, 22, tzinfo=UTC), what="Went stale", who="", more="", is_stale=True
    )
    return [
        SimpleNamespace(on=date(2026, 11, 16), entries=[stale]),
        SimpleNamespace(on=date(2026, 11, 12), entries=[reached]),
        SimpleNamespace(on=date(2026, 11, 11), entries=[tried]),
    ]


def parts() -> dict[str, object]:
    same = SimpleNamespace(what="Outcome", theirs="Form signed", mine="No response", differs=True)
    cell = SimpleNamespace
    return {
        "days": timeline(),
        "steps": ["Choose a file", "Match columns", "Check rows", "Import"],
        "columns": [cell(text="Site"), cell(text="Status"), cell(text="Open leads", is_num=True)],
        "form": StudySiteForm(data={"name": "Wren", "target": "0"}),
        "clash": [same, SimpleNamespace(what="Blocker", theirs="None", mine="None", differs=False)],
        "rows": [
            SimpleNamespace(
                cells=[
                    cell(text="Cedar Hollow", url="#", sub="Tucson"),
                    cell(text="Recruiting", tone="good"),
                    cell(text="61", is_num=True),
                ]
            )
        ],
        "facts": [
            SimpleNamespace(
                title="Contact",
                url="#",
                link="Change",
                text="",
                items=[
                    ("Best time", "After 15:00", ""),
                    ("Agreed to", "Calls", "6 Nov"),
                    ("Also", "", ""),
                ],
            )
        ],
    }


def signin() -> dict[str, object]:
    form = SignInForm(data={"login": "priya@cedarhollow.example", "password": "x"})
    form.add_error(None, "That email address and password do not belong together.")
    return {"form": form, "nav_items": None, "me": None}
