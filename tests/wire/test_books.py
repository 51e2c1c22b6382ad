"""Keys, projects, limits and money in the JSON under /api."""

from datetime import UTC, datetime

import pytest

from danqing.domain.errors import Kind, Problem
from danqing.domain.generation import Translate
from danqing.domain.keys import Key
from danqing.domain.ledger import Balance, Phase
from danqing.domain.limits import Limits, Standing
from danqing.domain.money import DOLLAR
from danqing.domain.ports import Line, Spending
from danqing.wire import books
from danqing.wire.books import KeyRequest, LimitsRequest
from making import CENT, a_job

from .samples import CREATED, received


def test_a_key() -> None:
    row = Key(
        id="k1",
        name="ci",
        account="main",
        test=True,
        hint="sk-test-…ab12",
        created=datetime(2026, 11, 1, tzinfo=UTC),
        limits=Limits(daily=DOLLAR, concurrent=2),
        project="project_1",
        translate=Translate.OFF,
    )
    assert received(books.key(row)) == {
        "id": "k1",
        "name": "ci",
        "account": "main",
        "test": True,
        "hint": "sk-test-…ab12",
        "budget": None,
        "limits": {
            "total": None,
            "monthly": None,
            "daily": {"usd": "1.00", "nanos": DOLLAR},
            "per_minute": None,
            "concurrent": 2,
            "storage": None,
            "keep_pictures": None,
            "keep_films": None,
            "keep_inputs": None,
        },
        "project": "project_1",
        "role": "member",
        "translate": "off",
        "created": "2026-11-01T00:00:00+00:00",
        "revoked": None,
        "former_until": None,
        "last_used": None,
    }


def test_a_request_for_a_key() -> None:
    assert books.read(b'{"name":"ci"}', KeyRequest) == KeyRequest(name="ci")
    asked = books.read(b'{"name":"ci","test":false,"budget_usd":"5.00","per_minute":3}', KeyRequest)
    assert asked == KeyRequest(name="ci", test=False, budget_usd="5.00", per_minute=3)
    assert asked.limits() == Limits(total=5 * DOLLAR, per_minute=3)


def test_what_is_left_out_is_not_changed_and_null_takes_a_limit_away() -> None:
    asked = books.read(b'{"daily_usd":"1.50","monthly_usd":null,"storage_bytes":0}', LimitsRequest)
    assert asked.changes() == {"daily": 15 * DOLLAR // 10, "monthly": None, "storage": 0}


@pytest.mark.parametrize("value", ["-1", "1e3", "0.0000000001", "a lot", ""])
def test_an_amount_that_is_none_is_refused_by_name(value: str) -> None:
    with pytest.raises(Problem) as raised:
        LimitsRequest(daily_usd=value).changes()
    assert (raised.value.kind, raised.value.param) == (Kind.INVALID, "daily_usd")


@pytest.mark.parametrize(
    "body",
    [b"{}", b'{"name":""}', b'{"name":"a","budget_usd":5.0}', b'{"name":"a","x":1}', b'{"name":"a","per_minute":0}'],
)
def test_a_request_for_a_key_that_is_refused(body: bytes) -> None:
    with pytest.raises(Problem) as raised:
        books.read(body, KeyRequest)
    assert raised.value.kind is Kind.INVALID


def test_money() -> None:
    spent = Spending(
        account=Balance(posted=10 * DOLLAR, held=DOLLAR),
        budget=Balance(posted=-DOLLAR, held=0, floor=None),
        by_model=(("veo-3", 2, 820_000_000),),
        statement=(Line(at=CREATED, phase=Phase.POST, job="j", model="veo-3", amount=410_000_000, held=DOLLAR),),
    )
    assert received(books.spending(spent)) == {
        "account": {
            "posted": {"usd": "10.00", "nanos": 10_000_000_000},
            "held": {"usd": "1.00", "nanos": 1_000_000_000},
            "available": {"usd": "9.00", "nanos": 9_000_000_000},
        },
        "budget": {
            "posted": {"usd": "-1.00", "nanos": -1_000_000_000},
            "held": {"usd": "0.00", "nanos": 0},
            "available": None,
        },
        "by_model": [{"model": "veo-3", "jobs": 2, "charged": {"usd": "0.82", "nanos": 820_000_000}}],
        "statement": [
            {
                "at": CREATED.isoformat(),
                "phase": "post",
                "job": "j",
                "model": "veo-3",
                "amount": {"usd": "0.41", "nanos": 410_000_000},
                "held": {"usd": "1.00", "nanos": 1_000_000_000},
            }
        ],
    }


def test_a_quote() -> None:
    limits = [
        Standing(whose="account", limit="balance", most=10 * DOLLAR, used=DOLLAR),
        Standing(whose="key", limit="daily", most=DOLLAR, used=DOLLAR, resets=CREATED),
        Standing(whose="key", limit="per_minute", most=2, used=1),
        Standing(whose="project", limit="storage", most=3_000_000, used=0),
    ]
    told = received(books.quote(a_job(held=12 * CENT), limits))
    assert told["cost"] == {"usd": "0.12", "nanos": 12 * CENT}
    assert told["affordable"] is False
    after = [row["after"] for row in told["limits"]]
    assert [after[0]["usd"], after[1]["usd"], *after[2:]] == ["8.88", "-0.12", 0, -5_000_000]
    assert received(books.quote(a_job(held=12 * CENT), limits[:1]))["affordable"] is True
    assert {"model", "parameters", "ignored", "provider", "upstream", "sketch", "test"} < set(told)


def test_how_far_a_limit_is_used_up() -> None:
    money = Standing(whose="project", limit="daily", most=DOLLAR, used=2 * DOLLAR, resets=CREATED)
    assert received(books.standing(money)) == {
        "of": "project",
        "limit": "daily",
        "most": {"usd": "1.00", "nanos": DOLLAR},
        "used": {"usd": "2.00", "nanos": 2 * DOLLAR},
        "left": {"usd": "0.00", "nanos": 0},
        "resets": CREATED.isoformat(),
    }
    jobs = Standing(whose="key", limit="concurrent", most=3, used=1)
    assert received(books.standing(jobs)) == {
        "of": "key",
        "limit": "concurrent",
        "most": 3,
        "used": 1,
        "left": 2,
        "resets": None,
    }
