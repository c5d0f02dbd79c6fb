"""Everything that stands about a lead, so that before and after can be held against each other."""

from django.apps import apps
from django.forms.models import model_to_dict

from recruitment.models import Lead, Milestone
from recruitment.models.undoing import Undoable

ALWAYS_NEW = {"version"}  # the log only grows


def picture(lead: Lead) -> dict[str, object]:
    """The lead's row, its milestones and every row of the work that stands, by table and key."""
    row = Lead.objects.get(pk=lead.pk)
    shown: dict[str, object] = {
        name: value for name, value in model_to_dict(row).items() if name not in ALWAYS_NEW
    }
    shown["milestones"] = dict(Milestone.objects.filter(lead=lead).values_list("code", "event_id"))
    for model in apps.get_app_config("recruitment").get_models():
        if issubclass(model, Undoable):
            shown[model.__name__] = {
                found["id"]: found for found in model.objects.filter(lead=lead).values()
            }
    return shown
