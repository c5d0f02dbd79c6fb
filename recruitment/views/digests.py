"""The page on which somebody says when she hears by e-mail what is new in her work."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from recruitment import access
from recruitment.forms.digests import WorkMailForm
from recruitment.models import Digest
from recruitment.services.digests import reader_of
from recruitment.views.lead_answers import me


@require_http_methods(["GET", "HEAD", "POST"])
def work_mail(request: HttpRequest) -> HttpResponse:
    """Now, in the morning, on Monday or never; for whoever works on some study at a site."""
    access.require_staff(me(request))
    reader = reader_of(me(request))
    if reader is None:
        raise Http404
    digest = Digest.objects.filter(user=me(request)).first() or Digest()
    form = WorkMailForm(request.POST or None, initial={"rhythm": digest.rhythm})
    if form.is_valid():
        form.run(user=me(request), at=timezone.now())
        messages.success(request, "Saved.")
        return redirect("work_mail")
    context = {
        "title": "E-mail about my work",
        "lede": f"To {me(request).email}: how much is new, and where. It names nobody.",
        "crumbs": [("My profile", reverse("profile"))],
        "form": form,
        "save_label": "Save",
        "back_url": reverse("profile"),
        "site": reader.site,
        "digest": digest,
        "zone": me(request).time_zone,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "recruitment/work_mail.html", context, status=status)
