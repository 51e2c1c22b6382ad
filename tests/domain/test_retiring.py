"""What dies next: in the order of its days, with those who will notice."""

from datetime import UTC, date, datetime

from danqing.domain.media import Medium
from danqing.domain.models import Ability, Lifecycle, Model
from danqing.domain.money import Price
from danqing.domain.retiring import Use, retiring

TODAY = date(2026, 11, 26)


def model(id: str, shutdown: date | None, *aliases: str) -> Model:
    return Model(
        id=id,
        title=id,
        family="f",
        ability=Ability(makes=frozenset({Medium.IMAGE})),
        price=Price(),
        aliases=aliases,
        lifecycle=Lifecycle(shutdown=shutdown),
    )


def use(name: str, key: str, day: int) -> Use:
    return Use(model=name, key=key, name=key, test=False, jobs=1, last=datetime(2026, 11, day, tzinfo=UTC))


def test_the_next_to_die_comes_first_and_the_dead_after_the_living() -> None:
    rows = retiring(
        [
            model("lives", None),
            model("died-long-ago", date(2026, 6, 30)),
            model("dies-later", date(2027, 5, 7)),
            model("dies-next", date(2026, 12, 1)),
            model("died-lately", date(2026, 10, 23)),
            model("dies-today", TODAY),
        ],
        TODAY,
    )
    assert [(row.model.id, row.left) for row in rows] == [
        ("dies-today", 0),
        ("dies-next", 5),
        ("dies-later", 162),
        ("died-lately", -34),
        ("died-long-ago", -149),
    ]


def test_whoever_used_it_by_any_of_its_names_is_told_the_newest_first() -> None:
    uses = [use("old-name", "first", 3), use("dies", "second", 20), use("other", "third", 21)]
    [row] = retiring([model("dies", date(2026, 12, 1), "old-name")], TODAY, uses)
    assert [user.key for user in row.uses] == ["second", "first"]
