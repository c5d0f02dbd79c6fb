"""Taking the demo away again, whatever hangs on it; real data stays.

What hangs on a demo site or study is found by following foreign keys, so a table that is added
later is cleared too. The log and issued reports refuse every DELETE by a trigger, on purpose. Only
the role that owns the tables may switch those triggers off, and here it does so inside the one
transaction that deletes: should anything fail, the triggers and the data are as before.
"""

from collections import defaultdict
from collections.abc import Iterable

import pgtrigger
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import CASCADE, Model, QuerySet
from django.db.models.fields.reverse_related import ForeignObjectRel
from psycopg import sql

from accounts.models import User
from recruitment.models import (
    ContactPoint,
    DoNotContact,
    Job,
    Lead,
    LeadEvent,
    Membership,
    Person,
    SettingChange,
    Site,
    Sponsor,
    Study,
)
from recruitment.rules.identity import keyed_hash
from recruitment.rules.refusals import Refusal

Doomed = dict[type[Model], set[int]]
GUARDS = frozenset({"refuse_change", "issued_is_frozen", "review_is_open"})
"""Triggers that refuse a DELETE."""


class NotTheOwner(Refusal):
    """The database role may not switch off the triggers that keep the log."""


@transaction.atomic
def clear() -> str:
    """Delete everything of the demo and say in one line what went. May run twice.

    Demo users whom a remaining row still names, because they worked on real data, are kept without
    a password and suspended. Raises NotTheOwner.
    """
    guards = _guards()
    if not _owns(guards):
        raise NotTheOwner(
            "The log is append-only for this database role. Run clear_demo as the role that owns "
            "the tables: TRIALSNEST_DB_ROLE=owner with DATABASE_OWNER_URL set."
        )
    _immediately()
    _switch(guards, on=False)
    line = remove(with_log=True)
    _switch(guards, on=True)
    return line


def is_unfinished() -> bool:
    """Whether all there is are demo sites and studies without any lead: a load was killed."""
    return (
        Site.objects.filter(is_demo=True).exists()
        and not Lead.objects.exists()
        and not Site.objects.filter(is_demo=False).exists()
        and not Study.objects.filter(is_demo=False).exists()
    )


@transaction.atomic
def remove(*, with_log: bool = False) -> str:
    """Delete the demo's rows with the rights that the caller has; no trigger is touched.

    Enough for a demo that is unfinished, which has no log yet; `with_log` also takes the log of
    settings, which needs the owner.
    """
    doomed = _doomed()
    if with_log:
        _add_setting_changes(doomed)
    kept = _add_users(doomed)
    _follow(doomed, Sponsor, _sponsors_of(doomed[Study]))
    doomed[Job] |= _jobs_about(doomed)
    if with_log:
        _add_setting_changes(doomed)
    for model, keys in doomed.items():
        if keys:  # the app may not even try to delete from the log
            _delete(model, keys)
    _immediately()  # a row that still names a deleted one is told here, not at the end
    Sponsor.objects.filter(is_demo=True).update(is_demo=False)
    for user in kept:
        user.set_unusable_password()
        user.is_active = False
        user.save(update_fields=["password", "is_active"])
    return (
        f"{len(doomed[Lead])} leads, {len(doomed[LeadEvent])} events, "
        f"{len(doomed[Study])} studies, {len(doomed[Site])} sites and {len(doomed[User])} users "
        f"of the demo deleted, {len(kept)} users kept and suspended"
    )


def _doomed() -> Doomed:
    """What hangs on demo sites and studies, and the people known by that alone."""
    doomed: Doomed = defaultdict(set)
    for model in (Site, Study):
        _follow(doomed, model, model.objects.filter(is_demo=True).values_list("pk", flat=True))
    _follow(doomed, Person, _persons_of(doomed[Lead]))
    _follow(doomed, DoNotContact, _opt_outs_of(doomed[ContactPoint]))
    members = Membership.objects.filter(user__is_demo=True)
    _follow(doomed, Membership, members.values_list("pk", flat=True))
    return doomed


def _follow(doomed: Doomed, model: type[Model], keys: Iterable[int]) -> None:
    """Add rows and everything that points at them, except what only names a user."""
    new = set(keys) - doomed[model]
    if not new:
        return
    doomed[model] |= new
    for relation in _pointing_at(model):
        if model is not User or relation.on_delete is CASCADE:
            rows = _rows_of(relation, new)
            _follow(doomed, relation.related_model, rows.values_list("pk", flat=True))


def _pointing_at(model: type[Model]) -> list[ForeignObjectRel]:
    return [
        field
        for field in model._meta.get_fields(include_hidden=True)
        if isinstance(field, ForeignObjectRel) and not field.many_to_many and field.field.concrete
    ]


def _persons_of(leads: set[int]) -> list[int]:
    """People known by these leads alone."""
    known = Lead.objects.filter(pk__in=leads).values("person_id")
    elsewhere = Lead.objects.exclude(pk__in=leads).values("person_id")
    persons = Person.objects.filter(pk__in=known).exclude(pk__in=elsewhere)
    return list(persons.values_list("pk", flat=True))


def _opt_outs_of(points: set[int]) -> list[int]:
    """Instructions not to contact that hold for these points and for nobody who stays."""
    values = ContactPoint.objects.filter(pk__in=points).values("value")
    others = ContactPoint.objects.exclude(pk__in=points).filter(value__in=values).values("value")
    gone = ContactPoint.objects.filter(pk__in=points).exclude(value__in=others)
    hashes = {
        keyed_hash(value, settings.HASH_KEY) for value in gone.values_list("value", flat=True)
    }
    rows = DoNotContact.objects.filter(keyed_hash__in=hashes)
    return list(rows.values_list("pk", flat=True))


def _add_users(doomed: Doomed) -> list[User]:
    """End the sessions of the demo's users and add them; those a remaining row names are left."""
    kept = []
    users = list(User.objects.filter(is_demo=True))
    for user in users:
        if _is_named(user, doomed):
            kept.append(user)
        else:
            _follow(doomed, User, [user.pk])
    signed_in = {str(user.pk) for user in users}
    for session in Session.objects.iterator():
        if session.get_decoded().get("_auth_user_id") in signed_in:
            session.delete()
    return kept


def _is_named(user: User, doomed: Doomed) -> bool:
    """Whether a row that stays names the user as whoever did something."""
    return any(
        _rows_of(relation, {user.pk}).exclude(pk__in=doomed[relation.related_model]).exists()
        for relation in _pointing_at(User)
        if relation.on_delete is not CASCADE
    )


def _rows_of(relation: ForeignObjectRel, keys: set[int]) -> QuerySet[Model]:
    """The rows of the other table that point at `keys`."""
    other: type[Model] = relation.related_model
    return other._base_manager.filter(**{f"{relation.field.name}__in": keys})


def _sponsors_of(studies: set[int]) -> list[int]:
    """The demo's sponsors that no other study has."""
    others = Study.objects.exclude(pk__in=studies).values("sponsor_id")
    return list(
        Sponsor.objects.filter(is_demo=True).exclude(pk__in=others).values_list("pk", flat=True)
    )


def _jobs_about(doomed: Doomed) -> set[int]:
    """Jobs whose ids name a deleted row by its model's name, or a report of a deleted study."""
    names = {model._meta.model_name: keys for model, keys in doomed.items()}
    names["report"] = names.get("sponsorreport", set())
    return {
        job.pk
        for job in Job.objects.iterator()
        if any(value in names.get(name, ()) for name, value in job.ids.items())
    }


def _add_setting_changes(doomed: Doomed) -> None:
    """Add what the log of settings says of deleted rows."""
    for model, keys in list(doomed.items()):
        told = SettingChange.objects.filter(kind=model._meta.model_name, object_id__in=keys)
        doomed[SettingChange] |= set(told.values_list("pk", flat=True))


def _delete(model: type[Model], keys: set[int]) -> None:
    """Delete rows by key in one statement; foreign keys are looked at afterwards."""
    statement = sql.SQL("DELETE FROM {} WHERE {} = ANY(%s)").format(
        sql.Identifier(model._meta.db_table), sql.Identifier(str(model._meta.pk.column))
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(keys)])


def _immediately() -> None:
    """Check deferred constraints now: a table with checks still waiting cannot be altered."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _guards() -> list[tuple[str, str]]:
    """Table and name of every trigger that refuses a DELETE."""
    found = []
    for model, trigger in pgtrigger.registered():
        if trigger.name in GUARDS:
            found.append((model._meta.db_table, trigger.get_pgid(model)))
    return found


def _owns(guards: Iterable[tuple[str, str]]) -> bool:
    """Whether this database role owns the guarded tables."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT bool_and(pg_has_role(current_user, relowner, 'USAGE')) "
            "FROM pg_class WHERE relname = ANY(%s) AND relkind = 'r'",
            [[table for table, _ in guards]],
        )
        return bool(cursor.fetchone()[0])


def _switch(guards: Iterable[tuple[str, str]], *, on: bool) -> None:
    """Switch the guarding triggers on or off until the end of the transaction."""
    verb = sql.SQL("ENABLE" if on else "DISABLE")
    with connection.cursor() as cursor:
        for table, name in guards:
            cursor.execute(
                sql.SQL("ALTER TABLE {} {} TRIGGER {}").format(
                    sql.Identifier(table), verb, sql.Identifier(name)
                )
            )
