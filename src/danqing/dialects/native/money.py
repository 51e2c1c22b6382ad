"""Where the money is, where it went, where it is going, and where it comes in."""

from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response

from danqing.dialects.native.calls import Call, Subject
from danqing.dialects.native.reading import choice, limit, moment, words
from danqing.domain.errors import invalid
from danqing.domain.usage import By, Spent
from danqing.front import Front, Reply
from danqing.wire import books, ledger
from danqing.wire.answers import money
from danqing.wire.holes import Json

ENTRIES = 100
CSV = ("text/csv",)


class Money:
    """What a key may know of the money that it sees spent and the owner of everybody's, and what the owner pays in."""

    def __init__(self, front: Front) -> None:
        self._front = front

    def calls(self) -> list[Call]:
        """What can be asked."""
        call, chosen = Subject("money").call, "since until account model key project format"
        return [
            call(
                "GET /usage",
                self.usage,
                money.Usage,
                money.Figures,
                mimes=CSV,
                query=f"by {chosen}",
            ),
            call(
                "GET /ledger",
                self.entries,
                money.Ledger,
                mimes=CSV,
                query=f"job limit before {chosen}",
            ),
            call("POST /funds", self.fund, money.Paid, status=201, also=200, body=books.FundRequest, who="owner"),
        ]

    async def usage(self, request: Request) -> Reply | Response:
        """The key's balance, limits, spending and outlook; `by` day, model, key or project: what was charged."""
        by = tuple(dict.fromkeys(choice(word, By, "by") for word in words(request, "by")))
        key = await self._front.porter.caller(request)
        if by or key is None:
            return await self._figures(request, by or (By.DAY,))
        spent = await self._front.accounts.spending(key)
        standings = await self._front.accounts.standings(key)
        limits: list[Json] = [books.standing(row) for row in standings]
        forecast = ledger.outlook(await self._front.bookkeeper.forecast(key))
        return Reply.of({"key": books.key(key), **books.spending(spent), "limits": limits, "forecast": forecast})

    async def entries(self, request: Request) -> Reply | Response:
        """The lines of the ledger that the key sees, newest first, for the owner everybody's; as CSV where wanted."""
        which = await self._chosen(request)
        most, before = limit(request, ENTRIES), request.query_params.get("before")
        rows = await self._front.bookkeeper.entries(which, limit=most, before=before)
        if _as_csv(request):
            return _table(ledger.entries_csv(rows), "ledger")
        told: list[Json] = [ledger.entry(row) for row in rows]
        return Reply.of({"entries": told, "next": rows[-1].id if len(rows) == most else None})

    async def fund(self, request: Request) -> Reply:
        """Money for the live account; the same cause pays once. For the owner."""
        await self._front.porter.require_owner(request)
        paid = books.read(await self._front.body(request), books.FundRequest)
        new = await self._front.accounts.fund(books.read_amount(paid.usd, "usd"), paid.cause)
        return Reply.of({"paid": new}, status=201 if new else 200)

    async def _figures(self, request: Request, by: Sequence[By]) -> Reply | Response:
        which = await self._chosen(request)
        rows = await self._front.bookkeeper.figures(which, by)
        if _as_csv(request):
            return _table(ledger.figures_csv(rows, by), "usage")
        base = self._front.base(request).removesuffix("/api")
        told: list[Json] = [ledger.figure(row, by, which, base, words(request, "key")) for row in rows]
        return Reply.of({"by": by, "figures": told})

    async def _chosen(self, request: Request) -> Spent:
        """Which charges are meant, of those that the caller sees. Raises Problem(NOT_FOUND) for another key's."""
        query, sight = request.query_params, await self._front.porter.sight(request)
        return Spent(
            sight=sight.only(words(request, "key")),
            account=query.get("account") or None,
            model=query.get("model") or None,
            project=query.get("project"),
            job=query.get("job") or None,
            since=moment(request, "since"),
            until=moment(request, "until"),
        )


def _as_csv(request: Request) -> bool:
    """Whether the caller wants a table: `format=csv`, or an Accept header that names it."""
    told = request.query_params.get("format", "")
    if told not in ("", "csv", "json"):
        raise invalid("format is csv or json.", param="format")
    return told == "csv" or (not told and CSV[0] in request.headers.get("accept", ""))


def _table(data: bytes, name: str) -> Response:
    headers = {"content-disposition": f'attachment; filename="danqing-{name}.csv"', "x-content-type-options": "nosniff"}
    return Response(data, headers=headers, media_type="text/csv; charset=utf-8")
