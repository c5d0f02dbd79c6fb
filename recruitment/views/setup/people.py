"""Who signs in: the list, one person's roles, suspending and restoring."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from recruitment import access
from recruitment.forms.setup.people import RoleForm
from recruitment.models import Membership, study_sites_for
from recruitment.queries import people
from recruitment.queries import settings as settings_queries
from recruitment.queries.team import standing_leaves
from recruitment.rules.refusals import Refusal
from recruitment.services import membership, removal
from recruitment.services.away import last_day
from recruitment.views.setup.base import Cell, Row, SetupView, me, refuse
from trialsnest.lib import words

PEOPLE = ("Set-up", "setup"), ("People", "people")


def crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    """The way back to the list of people, and on."""
    return [(label, reverse(name)) for label, name in PEOPLE] + list(more)


class People(SetupView):
    """Accounts, and invitations not yet used."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """Both lists."""
        zone, now = me(request).time_zone, timezone.now()
        invited = [
            Row(
                [
                    Cell(row.name, reverse("invitation", args=[row.pk]), row.email),
                    Cell(row.words),
                    Cell(words.day(words.local(row.expires_at, zone))),
                    _state(people.invitation_state(row, at=now)),
                ]
            )
            for row in people.invitations()
        ]
        context = {
            "crumbs": crumbs()[:1],
            "people": [_row(row, zone) for row in people.people(now=now)],
            "people_columns": _heads("Name", "Roles", "Last signed in", "State"),
            "invited": invited,
            "invited_columns": _heads("Name", "Role", "Works until", "State"),
        }
        return render(request, "recruitment/setup/people.html", context)


def _heads(*names: str) -> list[Cell]:
    return [Cell(name) for name in names]


def _state(word: str) -> Cell:
    return Cell(word, tone="warn" if word == "Expired" else "")


def _row(row: people.PersonRow, zone: str) -> Row:
    user = row.user
    last = words.moment(words.local(user.last_login, zone)) if user.last_login else "Never"
    return Row(
        [
            Cell(user.name, reverse("person", args=[user.pk]), user.email),
            Cell("; ".join(row.roles)) if row.roles else Cell("No role", tone="warn"),
            Cell(last),
            _account(row, zone),
        ]
    )


def _account(row: people.PersonRow, zone: str) -> Cell:
    """What may be done with the account now, and until when somebody is away."""
    if row.user.removed_at is not None:
        return Cell("Removed", tone="bad")
    if not row.user.is_active:
        return Cell("Suspended", tone="bad")
    return Cell("Active", sub=f"On leave until {last_day(row.leave, zone)}" if row.leave else "")


class Person(SetupView):
    """One person: roles now and before, and a form to give another."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page."""
        return self.page(access.get_setting(me(request), User, pk), RoleForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give a role."""
        user = access.get_setting(me(request), User, pk)
        form = RoleForm(request.POST)
        if form.is_valid():
            role, scope = form.chosen()
            try:
                membership.grant_role(
                    user=user, role=role, scope=scope, by=me(request), at=timezone.now()
                )
            except Refusal as refusal:
                refuse(form, refusal)
            else:
                messages.success(request, "The role is given.")
                return redirect("person", pk=pk)
        return self.page(user, form, status=422)

    def page(self, user: User, form: RoleForm, *, status: int = 200) -> HttpResponse:
        """The page with its form."""
        held = list(people.roles_held(user))
        context: dict[str, Any] = {
            "person": user,
            "crumbs": crumbs(),
            "form": form,
            "held": [row for row in held if row.ended_at is None],
            "ended": [row for row in held if row.ended_at is not None],
            "leaves": standing_leaves([user], now=timezone.now()),
            "works": study_sites_for(user, "work_leads").exists(),
            "history": settings_queries.history(user),
            "zone": me(self.request).time_zone,
        }
        return render(self.request, "recruitment/setup/person.html", context, status=status)


class ConfirmPage(SetupView):
    """Asks before something that ends access, then does it."""

    def confirm(
        self,
        title: str,
        text: str,
        button: str,
        user: User,
        *,
        items: list[str] | None = None,
        problem: str = "",
    ) -> HttpResponse:
        """The question; with a problem, why it was refused (409)."""
        back = reverse("person", args=[user.pk])
        context = {
            "title": title,
            "text": text,
            "items": items or [],
            "button": button,
            "action": self.request.path,
            "back_url": back,
            "crumbs": crumbs((user.name, back)),
            "problem": problem,
        }
        status = 409 if problem else 200
        return render(self.request, "recruitment/setup/confirm.html", context, status=status)


class RoleEnd(ConfirmPage):
    """End one role of one person."""

    def get(self, request: HttpRequest, pk: int, problem: str = "") -> HttpResponse:
        """What will happen."""
        held = access.get_setting(me(request), Membership, pk)
        text = f"{held.user.name} is no longer {held.words}. What was done stays in the log."
        more = "Open leads there go to who covers a leave, or become Unowned; the site is told."
        button = "End the role"
        return self.confirm(
            "End this role?", text, button, held.user, items=[more], problem=problem
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """End it."""
        held = access.get_setting(me(request), Membership, pk)
        try:
            membership.end_role(membership=held, by=me(request), at=timezone.now())
        except Refusal as refusal:
            return self.get(request, pk, str(refusal))
        messages.success(request, "The role is ended.")
        return redirect("person", pk=held.user_id)


class PersonSuspend(ConfirmPage):
    """Keep somebody out from this moment on."""

    def get(self, request: HttpRequest, pk: int, problem: str = "") -> HttpResponse:
        """What will happen, and to how many leads."""
        user = access.get_setting(me(request), User, pk)
        owned = people.owned_open_leads(user)
        text = f"{user.name} is signed out everywhere at once and cannot sign in again."
        items = [
            f"{words.counted(owned, 'open lead')} {'becomes' if owned == 1 else 'become'} Unowned."
            if owned
            else "There is no open lead with this owner.",
            "Where a leave with cover stands, leads go to who covers. Site leads are told at once.",
            "The roles stay on record, for when you restore the account.",
        ]
        button = "Suspend the account"
        title = "Suspend this account?"
        return self.confirm(title, text, button, user, items=items, problem=problem)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Suspend, and say how many leads are without an owner now."""
        user = access.get_setting(me(request), User, pk)
        try:
            freed = membership.suspend_user(user=user, by=me(request), at=timezone.now())
        except Refusal as refusal:
            return self.get(request, pk, str(refusal))
        unowned = words.counted(freed.unowned, "lead")
        told = f"The account is suspended. {unowned} without an owner now."
        if freed.covered:
            told += f" {words.counted(freed.covered, 'lead')} with who covers."
        messages.success(request, told)
        return redirect("person", pk=pk)


class PersonRemove(ConfirmPage):
    """End an account for good."""

    def get(self, request: HttpRequest, pk: int, problem: str = "") -> HttpResponse:
        """What will happen, or what is in the way."""
        user = access.get_setting(me(request), User, pk)
        text = f"{user.name} can never sign in again, and every role ends. The log keeps the name."
        items = removal.what_holds(user)
        return self.confirm(
            "Remove this account for good?",
            text,
            "Remove the account",
            user,
            items=items,
            problem=problem,
        )

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Remove, or say what must be given away first."""
        user = access.get_setting(me(request), User, pk)
        try:
            removal.remove_user(user=user, by=me(request), at=timezone.now())
        except Refusal as refusal:
            return self.get(request, pk, str(refusal))
        messages.success(request, "The account is removed.")
        return redirect("person", pk=pk)


class PersonRestore(SetupView):
    """Let somebody sign in again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Restore."""
        user = access.get_setting(me(request), User, pk)
        try:
            membership.restore_user(user=user, by=me(request), at=timezone.now())
        except Refusal as refusal:
            messages.warning(request, str(refusal))
        else:
            messages.success(request, "The account is restored, with the roles it had.")
        return redirect("person", pk=pk)
