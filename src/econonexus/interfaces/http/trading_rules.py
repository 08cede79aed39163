"""The rules of an order book and of a halt, as bodies and answers say them."""

from typing import Annotated, Literal

from msgspec import Meta

from econonexus.domain.ids import Duration
from econonexus.domain.money import PPM_ONE, Ppm
from econonexus.domain.terms import Book, Halt
from econonexus.interfaces.http.forms import MAX, MS, Body, Name, instant_of, rfc3339

Share = Annotated[float, Meta(ge=0.000001, le=1_000)]
Rate = Annotated[float, Meta(ge=0, le=1)]
Span = Annotated[int, Meta(ge=1, le=MAX // MS)]
Sellers = Annotated[list[Name], Meta(min_length=1, max_length=1_000)]
Moment = Annotated[str, Meta(max_length=64, examples=["2026-01-31T12:00:00Z"])]


class BookRules(Body, frozen=True):
    """Who may sell in an order book, and when what is traded may be used: by default a period, at once."""

    sellers: Annotated[
        Literal["anyone", "holders"] | Sellers,
        Meta(
            description="Who may sell: `anyone` what is free, `holders` their grants, or these agents alone."
        ),
    ] = "anyone"
    starts_at: (
        Annotated[
            Moment, Meta(description="From when what is traded may be used; by default from the trade on.")
        ]
        | None
    ) = None
    ends_at: (
        Annotated[
            Moment, Meta(description="Until when it may be used; by default for a period of the resource.")
        ]
        | None
    ) = None
    self_trade: Annotated[
        Literal["cancel_resting", "cancel_incoming"],
        Meta(description="Which of two orders of one owner gives way: the older, or the newer."),
    ] = "cancel_resting"
    max_orders: Annotated[int, Meta(ge=1, le=1_000_000, description="How many orders may rest at once.")] = (
        100_000
    )


class HaltRules(Body, frozen=True):
    """When a market stops by itself: on a move of 10 % in 5 minutes, or 6 failed auctions of 10."""

    move: Annotated[
        Share, Meta(description="How far the price may move, as a share of the last one before.")
    ] = 0.1
    window_ms: Annotated[Span, Meta(description="In how long the price may move no further than that.")] = (
        300_000
    )
    failures: Annotated[Rate, Meta(description="The share of failed auctions that is not too many.")] = 0.5
    of: Annotated[int, Meta(ge=1, le=1_000, description="How many of the last auctions are looked at.")] = 10
    pause_ms: Annotated[Span, Meta(description="How long it stops.")] = 300_000


def book_of(rules: BookRules) -> Book:
    """The terms that these rules ask for. Raises: Declined."""
    return Book(
        rules.sellers if isinstance(rules.sellers, str) else tuple(rules.sellers),
        None if rules.starts_at is None else instant_of("book.starts_at", rules.starts_at),
        None if rules.ends_at is None else instant_of("book.ends_at", rules.ends_at),
        rules.self_trade,
        rules.max_orders,
    )


def book_rules(book: Book) -> BookRules:
    """The rules of terms; they were checked when they were made."""
    return BookRules(
        book.sellers if isinstance(book.sellers, str) else list(book.sellers),  # type: ignore[arg-type]
        None if book.starts_at is None else rfc3339(book.starts_at),
        None if book.ends_at is None else rfc3339(book.ends_at),
        book.self_trade,  # type: ignore[arg-type]
        book.max_orders,
    )


def halt_of(rules: HaltRules) -> Halt:
    """The terms that these rules ask for."""
    return Halt(
        Ppm(round(rules.move * PPM_ONE)),
        Duration(rules.window_ms * MS),
        Ppm(round(rules.failures * PPM_ONE)),
        rules.of,
        Duration(rules.pause_ms * MS),
    )


def halt_rules(halt: Halt) -> HaltRules:
    """The rules of terms."""
    return HaltRules(
        halt.move / PPM_ONE, halt.window // MS, halt.failures / PPM_ONE, halt.of, halt.pause // MS
    )
