"""The pictures of docs/screens.md, part by part: who looks, where, how, and after which steps."""

from dataclasses import dataclass

PHONE, WIDE = (390, 844), (1440, 900)


@dataclass(frozen=True)
class Screen:
    """One picture: its file, its words, who looks, where, and how.

    `steps` are taken one after the other: "go SELECTOR" follows the first link, "click SELECTOR",
    "send SELECTOR" clicks and waits for the next page, "press KEY", "type WORDS", "see SELECTOR"
    waits until it is shown. What writes something is taken last.
    """

    name: str
    words: str
    who: str
    path: str
    size: tuple[int, int] = WIDE
    is_dark: bool = False
    on_paper: bool = False
    steps: tuple[str, ...] = ()
    writes: bool = False


PRIYA, ANA, RUTH, SAMUEL, INGRID = "coordinator1", "lead1", "admin", "reviewer1", "sponsor1"
# A lead whom nothing blocks, so that every result may be logged
PANEL = ("click .q tr.lead:has(.c-block > .none) a.lead__name", "see #panel-t", "see #log")
PAD = (*PANEL, "press l")
LEAD = ("go .q tbody a.lead__name",)
STUDY = "go main .t th a"
FIRST_LEAD = "go main tbody a[href^='/leads/']"

QUEUE = (
    Screen("queue", "The queue of a coordinator", PRIYA, "/queue/"),
    Screen("queue-panel", "A lead beside the list", PRIYA, "/queue/", steps=PANEL),
    Screen(
        "queue-reached",
        "Logging that somebody was reached, and what it moved",
        PRIYA,
        "/queue/",
        steps=(*PAD, "press 1", "see .log__rest"),
        writes=True,  # a draft
    ),
    Screen(
        "queue-more",
        "What ends something needs a second key",
        PRIYA,
        "/queue/",
        steps=(*PAD, "press m", "see .outs__more .outs"),
    ),
    Screen(
        "queue-rank",
        "Why a lead stands where it does",
        PRIYA,
        "/queue/",
        steps=("click .q .why-here", "see #panel .rank"),
    ),
    Screen("queue-team", "The leads of the team", ANA, "/queue/?tab=team"),
    Screen(
        "search",
        "Finding a lead by part of a name",
        PRIYA,
        "/queue/",
        steps=("press /", "type ram", "see #found .found__go"),
    ),
    Screen("keys", "The keys", PRIYA, "/queue/", steps=("press ?", "see #keys")),
    Screen(
        "shield",
        "Names hidden while a screen is shared",
        PRIYA,
        "/queue/",
        steps=("press s", "see .shield", *PANEL),
    ),
    Screen("filters", "Filters of the queue", PRIYA, "/queue/filters/"),
    Screen(
        "several",
        "Changing several leads",
        ANA,
        "/queue/?tab=team",
        steps=(
            "click .q tbody input[name=lead] >> nth=0",
            "click .q tbody input[name=lead] >> nth=1",
            "click .q tbody input[name=lead] >> nth=2",
            "send .bulk button",
        ),
    ),
    Screen(
        "queue-logged",
        "Logged with one key: the next lead, and undo",
        PRIYA,
        "/queue/",
        steps=(*PAD, "press 2", "see .toast"),
        writes=True,
    ),
    Screen("queue-dark", "The queue, dark", PRIYA, "/queue/", is_dark=True, steps=PANEL),
)
WORK = (
    Screen("lead", "A lead", PRIYA, "/queue/", steps=LEAD),
    Screen("lead-dark", "A lead, dark", PRIYA, "/queue/", is_dark=True, steps=LEAD),
    Screen("records", "The records board", PRIYA, "/boards/records/"),
    Screen("scheduling", "The scheduling board", PRIYA, "/boards/scheduling/"),
    Screen("reviews", "The study team's tray", SAMUEL, "/reviews/"),
    Screen(
        "review",
        "A decision of the study team",
        SAMUEL,
        "/reviews/",
        steps=("go main .row--apart a.btn",),
    ),
    Screen("intake", "The intake tray", PRIYA, "/intake/"),
    Screen("recovery", "Recovering stale leads", PRIYA, "/recovery/"),
    Screen("handoffs", "Hand-offs, both ways", PRIYA, "/handoffs/"),
    Screen("visits", "Visits and room for them", PRIYA, "/visits/"),
    Screen("add-lead", "Adding a lead", PRIYA, "/leads/add/"),
    Screen("import", "Importing a lead file", PRIYA, "/import/"),
)
DAY = (
    Screen("needs-me", "What needs a site lead", ANA, "/needs-me/"),
    Screen("visits-today", "Visits of today", ANA, "/visits/today/?whose=team"),
    Screen("close-out", "The close of the day", PRIYA, "/close-out/"),
    Screen("did-today", "What I did today, with undo", PRIYA, "/actions/"),
    Screen("messages", "Messages taken by colleagues", ANA, "/messages/"),
    Screen("escalations", "Escalations", ANA, "/escalations/"),
    Screen("team", "The team", ANA, "/team/"),
)
PHONES = (
    Screen("queue-phone", "The queue", PRIYA, "/queue/", PHONE),
    Screen("pad-phone", "A lead", PRIYA, "/queue/", PHONE, steps=PANEL),
    Screen(
        "reached-phone",
        "Logging a contact",
        PRIYA,
        "/queue/",
        PHONE,
        steps=(*PANEL, "click #log .out >> nth=0", "see .log__rest"),
        writes=True,  # a draft
    ),
    Screen("lead-phone", "The page of a lead", PRIYA, "/queue/", PHONE, steps=LEAD),
    Screen("needs-me-phone", "What needs a site lead", ANA, "/needs-me/", PHONE),
    Screen("pass-on", "Passing a message on", PRIYA, "/messages/pass-on/", PHONE),
    Screen("profile", "My profile, dark", PRIYA, "/profile/", PHONE, is_dark=True),
)
PAPER = (
    Screen("daily-sheet", "The daily sheet", PRIYA, "/queue/sheet/", on_paper=True),
    Screen("queue-paper", "The queue", PRIYA, "/queue/", on_paper=True),
    Screen("lead-paper", "A lead", PRIYA, "/queue/", on_paper=True, steps=LEAD),
    Screen(
        "records-paper",
        "Records of a lead",
        PRIYA,
        "/boards/records/",
        on_paper=True,
        steps=(FIRST_LEAD, "go a[href$='/records/sheet/']"),
    ),
    Screen(
        "scheduling-paper",
        "What must be clear before a visit",
        PRIYA,
        "/boards/scheduling/",
        on_paper=True,
        steps=(FIRST_LEAD, "go a[href$='/ready/sheet/']"),
    ),
    Screen("team-waits", "What waits on the study team", SAMUEL, "/reviews/sheet/", on_paper=True),
)
OTHERS = (
    Screen("sign-in", "Signing in", "", "/account/login/"),
    Screen("reports-lead", "Reports of a site lead", ANA, "/reports/"),
    Screen("reports-sponsor", "Reports of a sponsor", INGRID, "/reports/"),
    Screen("report", "A report", INGRID, "/reports/", steps=("go main .t a, main table a",)),
    Screen("setup", "Set-up", RUTH, "/setup/"),
    Screen(
        "stages",
        "Stages of a study",
        RUTH,
        "/setup/studies/",
        steps=(STUDY, "go nav.seg a[href$='/stages/']"),
    ),
    Screen(
        "prompts",
        "Prompts of a study",
        RUTH,
        "/setup/studies/",
        steps=(STUDY, "go nav.seg a[href$='/prompts/']"),
    ),
    Screen("people", "People and their roles", RUTH, "/setup/people/"),
)
PARTS: dict[str, tuple[Screen, ...]] = {
    "The queue": QUEUE,
    "Leads and boards": WORK,
    "The day": DAY,
    "On a phone": PHONES,
    "On paper": PAPER,
    "Reports and set-up": OTHERS,
}
