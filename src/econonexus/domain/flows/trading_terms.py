"""Whether the terms of an order book, and those of a halt, fit together."""

from typing import get_args

from econonexus.domain.flows import forms
from econonexus.domain.kinds import Mechanism
from econonexus.domain.mechanisms.order_book import SelfTradePrevention
from econonexus.domain.money import MAX_AMOUNT, PPM_ONE
from econonexus.domain.refusals import Refusal, RefusalCode
from econonexus.domain.state import State
from econonexus.domain.subjects.markets import Market
from econonexus.domain.terms import Book, Terms

SELLERS = ("anyone", "holders")
MAX_SELLERS = 1_000
MAX_ORDERS = 1_000_000
"""At rest in one book; each takes about a kilobyte."""
MAX_FAILURES_OF = 1_000
PREVENTIONS = get_args(SelfTradePrevention)


def odd_book(mechanism: Mechanism, terms: Terms) -> Refusal | None:
    """What is out of range in how orders are traded."""
    book = terms.book
    if book is None:
        return None
    if mechanism is not Mechanism.ORDER_BOOK:
        return Refusal(RefusalCode.INVALID_TERMS, "book")
    for field, fine in (
        ("sellers", _known_sellers(book)),
        ("max_orders", book.max_orders.__class__ is int and 1 <= book.max_orders <= MAX_ORDERS),
        ("self_trade", book.self_trade in PREVENTIONS),
        ("ends_at", (book.starts_at is None) == (book.ends_at is None)),
    ):
        if not fine:
            return Refusal(RefusalCode.INVALID_TERMS, f"book.{field}")
    if book.starts_at is None or book.ends_at is None:
        return None
    for field, at in (("starts_at", book.starts_at), ("ends_at", book.ends_at)):
        if forms.instant(field, at):
            return Refusal(RefusalCode.INVALID_TERMS, f"book.{field}")
    return None if book.starts_at < book.ends_at else Refusal(RefusalCode.INVALID_TERMS, "book.ends_at")


def odd_halt(terms: Terms) -> Refusal | None:
    """What is out of range in when a market stops by itself."""
    halt = terms.halt
    if halt is None:
        return None
    for field, least, most in (
        ("move", 1, MAX_AMOUNT),
        ("window", 1, MAX_AMOUNT),
        ("failures", 0, PPM_ONE),
        ("of", 1, MAX_FAILURES_OF),
        ("pause", 1, MAX_AMOUNT),
    ):
        value = getattr(halt, field)
        if value.__class__ is not int or not least <= value <= most:
            return Refusal(RefusalCode.INVALID_TERMS, f"halt.{field}")
    return None


def orders_rest(state: State, market: Market, terms: Terms) -> Refusal | None:
    """Whether orders rest that were for another time than what these terms say, or lent to otherwise."""
    before, after = market.terms.book or Book(), terms.book or Book()
    is_same = (before.starts_at, before.ends_at) == (after.starts_at, after.ends_at)
    if is_same and terms.credit == market.terms.credit:
        return None
    at_rest = len(state.orders.book(market.id).orders)
    return Refusal(RefusalCode.ORDERS_REST, "terms", market.id, at_rest) if at_rest else None


def _known_sellers(book: Book) -> bool:
    if isinstance(book.sellers, str):
        return book.sellers in SELLERS
    named = book.sellers
    return 1 <= len(named) <= MAX_SELLERS and all(forms.name("sellers", each) is None for each in named)
