"""Keys and projects in rows: who may ask, and how much."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, func, insert, select, update

from danqing.domain.errors import invalid
from danqing.domain.generation import Translate
from danqing.domain.keys import Key, KeyRole
from danqing.domain.ledger import Entry, account_of, budget_of
from danqing.domain.limits import Changes, Limits, Project, budgets
from danqing.domain.retention import Keep
from danqing.store.documents import read_limits, read_translate, write_limits, write_translate
from danqing.store.scopes import KEY, PROJECT, Scope
from danqing.store.tables import Moment, balances, jobs, keys, projects
from danqing.store.transfers import add, set_floor

_HIDDEN = ("digest", "stored", "former")
_KEY = [column for column in keys.c if column.name not in _HIDDEN]
_find_key = select(*_KEY).where(keys.c.digest == bindparam("digest"))
_find_key_of = select(*_KEY).where(keys.c.id == bindparam("this"))
_find_former = select(*_KEY).where(
    keys.c.former == bindparam("digest"), keys.c.former_until > bindparam("at", type_=Moment)
)
_lock_key = select(*_KEY).where(keys.c.id == bindparam("this")).with_for_update(key_share=True)
_last_used = select(func.max(jobs.c.created)).where(jobs.c.key == keys.c.id).scalar_subquery().label("last_used")
_lock_whole = select(keys).where(keys.c.id == bindparam("this")).with_for_update()
_all_keys = select(*_KEY, _last_used).order_by(keys.c.created.desc(), keys.c.id.desc())
_fellows = select(keys.c.id).where(keys.c.project == bindparam("project"))
_names = select(keys.c.id, keys.c.name).where(keys.c.id.in_(bindparam("ids", expanding=True)))
_all_limits = select(keys.c.id, keys.c.limits, projects.c.limits).join(
    projects, projects.c.id == keys.c.project, isouter=True
)
_find_project = select(projects).where(projects.c.id == bindparam("this"))
_all_projects = select(projects).order_by(projects.c.created.desc(), projects.c.id.desc())
_find_balance = select(balances.c.balance).where(balances.c.balance == bindparam("name"))
_insert_balance = insert(balances)
_insert_key = insert(keys)
_insert_project = insert(projects)
_update_key = update(keys).where(keys.c.id == bindparam("this"))
_update_project = update(projects).where(projects.c.id == bindparam("this"))
_revoke = _update_key.where(keys.c.revoked.is_(None))


def add_key(connection: Connection, key: Key, digest: str) -> None:
    """Write a new key and the balance that counts what it spends.

    Raises Problem(INVALID) for an account or a project that does not exist.
    """
    if connection.execute(_find_balance, {"name": account_of(key.account)}).first() is None:
        raise invalid(f"There is no account {key.account!r}. Open it first.", param="account")
    if key.project and connection.execute(_find_project, {"this": key.project}).first() is None:
        raise invalid(f"There is no project {key.project[:64]!r}. Create it first.", param="project")
    connection.execute(_insert_balance, _total(key.id, key.limits))
    row = {**asdict(key), **_limits_of_key(key.limits), "digest": digest}
    del row["last_used"], row["fellows"]
    row["limits"] = write_translate(row.pop("translate"), row["limits"])
    connection.execute(_insert_key, row)


def find_key(connection: Connection, digest: str, at: datetime) -> Key | None:
    """The key with this digest, revoked or not; for a while that of its secret before, too."""
    row = connection.execute(_find_key, {"digest": digest}).mappings().first()
    row = row or connection.execute(_find_former, {"digest": digest, "at": at}).mappings().first()
    key = _key(row) if row else None
    if key is None or key.role is not KeyRole.VIEWER:
        return key
    return replace(key, fellows=frozenset(connection.execute(_fellows, {"project": key.project}).scalars()))


def key_of(connection: Connection, id: str) -> Key | None:
    """The key with this id, revoked or not."""
    row = connection.execute(_find_key_of, {"this": id}).mappings().first()
    return _key(row) if row else None


def all_keys(connection: Connection) -> list[Key]:
    """Every key, newest first."""
    return [_key(row) for row in connection.execute(_all_keys).mappings()]


def names(connection: Connection, ids: Collection[str]) -> dict[str, str]:
    """What keys are called, by their ids."""
    return {row.id: row.name for row in connection.execute(_names, {"ids": sorted(ids)})}


def keeps(connection: Connection) -> dict[str, Keep]:
    """For every key how long its files are kept: what was set for its project, and for itself."""
    rows = connection.execute(_all_limits)
    return {id: {**read_limits(project or "{}").keep, **read_limits(own).keep} for id, own, project in rows}


def revoke(connection: Connection, id: str, at: datetime) -> bool:
    """Mark a key as revoked. False when it does not exist or was revoked before."""
    return connection.execute(_revoke, {"this": id, "revoked": at}).rowcount == 1


def add_project(connection: Connection, project: Project) -> None:
    """Write a new project and the balance that counts what its keys spend."""
    connection.execute(_insert_balance, _total(project.id, project.limits))
    connection.execute(_insert_project, {**asdict(project), "limits": write_limits(project.limits)})


def all_projects(connection: Connection) -> list[Project]:
    """Every project, newest first."""
    return [_project(row) for row in connection.execute(_all_projects).mappings()]


def change_key(connection: Connection, id: str, changes: Changes, at: datetime) -> Key | None:
    """Set some limits of a key, by their names in `Limits`. None when it does not exist."""
    # The key's row before its balance: a delivery counts its files in the one and then its money in the other.
    row = connection.execute(_lock_key, {"this": id}).mappings().first()
    if not row or not _locked(connection, id):
        return None
    old = _key(row)
    new = replace(old, limits=replace(old.limits, **changes))
    connection.execute(_update_key, {"this": id, **_limits_of_key(new.limits, row["limits"])})
    _apply(connection, KEY, id, new.limits, at)
    return new


def rename(connection: Connection, id: str, name: str) -> Key | None:
    """Give a key another name. None when it does not exist."""
    row = connection.execute(_lock_key, {"this": id}).mappings().first()
    if not row:
        return None
    connection.execute(_update_key, {"this": id, "name": name})
    return replace(_key(row), name=name)


def set_role(connection: Connection, id: str, role: KeyRole) -> Key | None:
    """Give a key another role. None when it does not exist."""
    row = connection.execute(_lock_key, {"this": id}).mappings().first()
    if not row:
        return None
    connection.execute(_update_key, {"this": id, "role": role})
    return replace(_key(row), role=role)


def rotate(connection: Connection, id: str, secret: tuple[str, str], until: datetime | None) -> Key | None:
    """Give a key another secret, told by its digest and its hint; the one before opens until then, or no more.

    None when there is no such key in force.
    """
    row = connection.execute(_lock_whole, {"this": id}).mappings().first()
    if not row or row["revoked"]:
        return None
    digest, hint = secret
    new = {"digest": digest, "hint": hint, "former": row["digest"] if until else None, "former_until": until}
    connection.execute(_update_key, {"this": id, **new})
    told = {name: value for name, value in row.items() if name not in _HIDDEN}
    return replace(_key(told), hint=hint, former_until=until)


def set_translate(connection: Connection, id: str, translate: Translate | None) -> Key | None:
    """Set what becomes of a key's prompts in other languages. None when it does not exist."""
    row = connection.execute(_lock_key, {"this": id}).mappings().first()
    if not row:
        return None
    connection.execute(_update_key, {"this": id, "limits": write_translate(translate, row["limits"])})
    return replace(_key(row), translate=translate)


def change_project(connection: Connection, id: str, changes: Changes, at: datetime) -> Project | None:
    """The same for a project."""
    row = _locked(connection, id) and connection.execute(_find_project, {"this": id}).mappings().first()
    if not row:
        return None
    old = _project(row)
    new = replace(old, limits=replace(old.limits, **changes))
    connection.execute(_update_project, {"this": id, "limits": write_limits(new.limits, row["limits"])})
    _apply(connection, PROJECT, id, new.limits, at)
    return new


def _locked(connection: Connection, owner: str) -> bool:
    """Keep everybody from being admitted under the old limits meanwhile. False when there is no such key or project."""
    return add(connection, Entry(budget_of(owner)))


def _apply(connection: Connection, scope: Scope, owner: str, limits: Limits, at: datetime) -> None:
    """Have the balances of the present periods guard the new limits."""
    set_floor(connection, budget_of(owner), limits.total)
    for budget in budgets(owner, limits, at):
        scope.reset(connection, owner, budget, at)


def _total(owner: str, limits: Limits) -> dict[str, object]:
    floor = None if limits.total is None else -limits.total
    return {"balance": budget_of(owner), "posted": 0, "held": 0, "floor": floor}


def _limits_of_key(limits: Limits, document: str = "{}") -> dict[str, object]:
    """A key's total has a column of its own; most keys have no other limit, and an empty document."""
    return {"budget": limits.total, "limits": write_limits(replace(limits, total=None), document)}


def _key(row: Mapping[Any, Any]) -> Key:
    told = dict(row)
    limits = replace(read_limits(told["limits"]), total=told.pop("budget"))
    kept = {"role": KeyRole(told["role"]), "limits": limits, "translate": read_translate(told["limits"])}
    return Key(**{**told, **kept})


def _project(row: RowMapping) -> Project:
    return Project(**{**row, "limits": read_limits(row["limits"])})
