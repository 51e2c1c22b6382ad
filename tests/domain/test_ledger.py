"""Double entry: balances add up to zero and a hold ends once."""

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from danqing.domain.ledger import (
    BANK,
    REVENUE,
    Balance,
    Overdrawn,
    account_of,
    add,
    budget_of,
    entries,
    fund,
    hold,
    is_memorandum,
    post,
    void,
    words,
)

AMOUNTS = st.integers(min_value=0, max_value=10**15)


@given(AMOUNTS, AMOUNTS, st.booleans())
def test_every_transfer_keeps_the_posted_sum_at_zero(held: int, charged: int, delivered: bool) -> None:
    reserved = hold("job", "a", "k", held)
    ended = post(reserved, min(charged, held)) if delivered else void(reserved)
    for transfer in (fund("a", charged, "topup"), reserved, ended):
        assert sum(entry.posted for entry in entries(transfer) if not is_memorandum(entry.balance)) == 0


@given(AMOUNTS, AMOUNTS)
def test_after_a_hold_has_ended_nothing_is_held(held: int, charged: int) -> None:
    reserved = hold("job", "a", "k", held)
    opening = {BANK: Balance(floor=None), budget_of("k"): Balance(floor=None)}
    history = (fund("a", held, "topup"), reserved, post(reserved, min(charged, held)))
    after = reduce(add, history, opening)

    assert all(balance.held == 0 for balance in after.values())
    assert after.get(REVENUE, Balance()).posted == min(charged, held)
    assert after[account_of("a")].posted == held - min(charged, held)


@given(AMOUNTS, AMOUNTS, st.booleans())
def test_what_the_words_cost_comes_out_of_the_hold_that_is_then_settled(
    told: int, charged: int, delivered: bool
) -> None:
    reserved = hold("job", "a", "k", told + charged, ("budget:p",))
    opening = {BANK: Balance(floor=None), budget_of("k"): Balance(floor=None), "budget:p": Balance(floor=None)}
    worded, left = words(reserved, told)
    history = (fund("a", told + charged, "topup"), reserved, worded, post(left, charged) if delivered else void(left))
    after = reduce(add, history, opening)

    assert all(balance.held == 0 for balance in after.values())
    spent = told + (charged if delivered else 0)
    assert (after.get(REVENUE, Balance()).posted, after["budget:p"].posted) == (spent, -spent)


def test_a_hold_beyond_the_money_or_the_budget_is_refused() -> None:
    balances = {account_of("a"): Balance(posted=100), budget_of("k"): Balance(floor=-30)}

    assert add(balances, hold("j", "a", "k", 30))[budget_of("k")].held == 30
    with pytest.raises(Overdrawn, match="budget:k"):
        add(balances, hold("j", "a", "k", 31))
    with pytest.raises(Overdrawn, match="account:a"):
        add({**balances, budget_of("k"): Balance(floor=None)}, hold("j", "a", "k", 101))


def test_more_than_was_held_cannot_be_charged() -> None:
    with pytest.raises(ValueError, match="hold of 10"):
        post(hold("j", "a", "k", 10), 11)


def test_post_and_void_of_one_hold_share_an_id_so_that_only_one_can_be_stored() -> None:
    reserved = hold("j", "a", "k", 10)
    assert post(reserved, 3).id == void(reserved).id == "j:settle"
