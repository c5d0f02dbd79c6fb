"""Inviting somebody, what became of it, and the page behind the link."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from recruitment import access
from recruitment.forms.setup.people import AcceptForm, InvitationForm
from recruitment.models import Invitation
from recruitment.queries import people
from recruitment.rules.refusals import Refusal
from recruitment.services import invitations
from recruitment.views.setup.base import SetupView, me, refuse
from recruitment.views.setup.people import crumbs

MAIL_STATES = {
    "waiting": "The mail is waiting to be sent.",
    "done": "The mail is sent.",
    "failed": "The mail could not be sent. Send it again.",
    "": "The mail is being prepared.",
}


class InvitationAdd(SetupView):
    """Invite somebody."""

    def get(self, request: HttpRequest) -> HttpResponse:
        """An empty form."""
        return self.page(InvitationForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Invite, and show what became of it."""
        form = InvitationForm(request.POST)
        if form.is_valid():
            role, scope = form.chosen()
            name, email = form.cleaned_data["name"], form.cleaned_data["email"]
            at, by = timezone.now(), me(request)
            try:
                made = invitations.invite(
                    email=email, name=name, role=role, scope=scope, by=by, at=at
                )
            except Refusal as refusal:
                refuse(form, refusal)
            else:
                messages.success(request, "The invitation is on its way.")
                return redirect("invitation", pk=made.pk)
        return self.page(form, status=422)

    def page(self, form: InvitationForm, *, status: int = 200) -> HttpResponse:
        """The form's page."""
        context = {
            "title": "Invite somebody",
            "lede": "A link by email, good for 7 days and for one use.",
            "crumbs": crumbs(),
            "form": form,
            "save_label": "Send the invitation",
            "back_url": crumbs()[-1][1],
            "sends_mail": True,
        }
        return render(self.request, "recruitment/setup/edit.html", context, status=status)


class InvitationPage(SetupView):
    """One invitation: how far it is, send again, revoke."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page. Where mail only goes to a folder, the link to hand over stands here."""
        invitation = access.get_setting(me(request), Invitation, pk)
        state = people.invitation_state(invitation, at=timezone.now())
        is_open = state == "Open"
        show_link = is_open and settings.MAIL_TO_FOLDER
        context = {
            "invitation": invitation,
            "crumbs": crumbs(),
            "state": state,
            "is_over": state in {"Used", "Revoked"},
            "mail": MAIL_STATES[people.mail_state(invitations.mail_key(invitation))],
            "is_open": is_open,
            "link": invitations.link_of(invitation) if show_link else "",
            "zone": me(request).time_zone,
        }
        return render(request, "recruitment/setup/invitation.html", context)


class InvitationSend(SetupView):
    """Mail a new link; the old one stops."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Send again."""
        invitation = access.get_setting(me(request), Invitation, pk)
        try:
            invitations.send_again(invitation=invitation, at=timezone.now())
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "A new link is on its way. The old one no longer works.")
        return redirect("invitation", pk=pk)


class InvitationRevoke(SetupView):
    """End an invitation."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Revoke."""
        invitation = access.get_setting(me(request), Invitation, pk)
        try:
            invitations.revoke(invitation=invitation, by=me(request), at=timezone.now())
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "The invitation is revoked. Its link no longer works.")
        return redirect("people")


@login_not_required
@never_cache
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_accept(request: HttpRequest, token: str) -> HttpResponse:
    """Make the account and sign in; one answer for every link that is no good."""
    if request.user.is_authenticated:
        return render(request, "recruitment/setup/invitation_other.html")
    now = timezone.now()
    invitation = invitations.open_by_token(token, at=now)
    if invitation is None:
        return render(request, "recruitment/setup/invitation_over.html", status=404)
    form = AcceptForm(request.POST or None, email=invitation.email, initial=_known(invitation))
    if form.is_valid():
        values = form.cleaned_data
        user = invitations.accept(
            token=token,
            name=values["name"],
            password=values["password1"],
            time_zone=values["time_zone"],
            at=now,
        )
        if user is None:
            return render(request, "recruitment/setup/invitation_over.html", status=404)
        login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
        return redirect("home")
    context = {"form": form, "invitation": invitation}
    status = 422 if form.is_bound else 200
    return render(request, "recruitment/setup/invitation_accept.html", context, status=status)


def _known(invitation: Invitation) -> dict[str, str]:
    """What the administrator gave, and the clock of the place."""
    place = invitation.study_site.site if invitation.study_site else invitation.site
    zone = place.time_zone if place else invitation.invited_by.time_zone
    return {"name": invitation.name, "time_zone": zone}
