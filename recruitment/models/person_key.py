"""The key from a lead to its person, who is shown by the lead's number under the shield (D34)."""

from typing import Any, TypeVar

from django.db import models
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor


# Generic for the type checker alone
class _PersonOfLead(ForwardManyToOneDescriptor):  # type: ignore[type-arg]
    """The person of a lead, who knows by which number the shield shows her."""

    def __get__(self, instance: models.Model | None, cls: type[models.Model] | None = None) -> Any:
        found: Any = super().__get__(instance, cls)
        if instance is not None and found is not None:
            found.shown_as = instance.__dict__.get("number", "")
        return found


Key = TypeVar("Key", bound=models.ForeignKey)  # type: ignore[type-arg]  # given back as it came


def known_by_number(field: Key) -> Key:
    """Let the person that this key points at be shown by the number of the lead (D34)."""
    field.forward_related_accessor_class = _PersonOfLead
    return field
