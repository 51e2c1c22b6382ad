"""Who is asked, and who after that: the routes of `domain.routes` with the health of those that they lead to."""

import asyncio
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

from danqing.domain.changes import Change, adapt
from danqing.domain.errors import Kind, Problem
from danqing.domain.generation import Generation
from danqing.domain.health import Gate, Health, RouteStanding, Standing, whole_seconds
from danqing.domain.jobs import Event, Job, Plan, TurnedAway
from danqing.domain.media import Medium
from danqing.domain.models import Catalog, Model, Route
from danqing.domain.ports import Load, Provider
from danqing.domain.routes import Upstream, candidates, most_telling, pick, turned_away
from danqing.domain.wording import reworded
from danqing.gateway.breakers import Breakers, Hear

PATIENCE = {Medium.VIDEO: timedelta(seconds=120)}  # with engines that are busy, in which nobody has begun the work
PATIENCE_ELSE = timedelta(seconds=20)
HASTE = 1.1  # not all at the very moment that an engine has named


class Router:
    """Knows the way, and by `breakers` how it went for others: what this process has seen of it."""

    def __init__(
        self,
        catalog: Catalog,
        upstreams: Sequence[Upstream],
        providers: Mapping[str, Provider],
        now: Callable[[], datetime],
        breakers: Breakers,
    ) -> None:
        self._catalog = catalog
        self._upstreams = {upstream.name: upstream for upstream in upstreams}
        self._providers = providers
        self._now = now
        self._breakers = breakers

    def served(self, *, test: bool) -> tuple[Model, ...]:
        """The models that somebody makes for such a key. Raises Problem(UNAVAILABLE) when there are none."""
        if test:
            return self._catalog.models
        served = {id for ways in self._ways().values() for ids in ways.values() for id in ids}
        if not served:
            message = "No upstream that makes anything is configured. Configure one, or use a test key for a sketch."
            raise Problem(Kind.UNAVAILABLE, message, code="no_upstream")
        return tuple(model for model in self._catalog.models if model.id in served)

    def plan(self, generation: Generation, model: Model, id: str, *, sketched: bool) -> Plan:
        """Whom a new job is meant for. Raises Problem at once when nobody can do it, or can be asked now or soon."""
        plans = self._plans(generation, candidates(model, list(self._upstreams.values()), sketched=sketched, spin=id))
        routes, at = list(plans), self._now()
        if all(self._known(route).gate(at) is Gate.OPEN for route in routes):
            raise self._all_away(routes)
        chosen = pick(self._free_first(routes), (), self._away_s, at)
        if chosen is None or chosen.wait_s > _patience(Medium.VIDEO in model.ability.makes).total_seconds():
            raise self._all_away(routes)
        return plans[chosen.route]

    async def next(self, job: Job, since: datetime) -> Plan:
        """Who is asked now, after those who have said no. It waits for who is busy, for a while after `since`.

        Raises Problem, the most telling of what was said, when nobody is left.
        """
        routes = list(plans := self._plans_for(job))
        until = since + _patience(Medium.VIDEO in job.generation.wants)
        until = min(until, job.deadline) if job.deadline else until
        while True:
            at = self._now()
            chosen = pick(self._free_first(routes), job.attempts, self._away_s, at)
            if chosen and not chosen.wait_s:
                return plans[chosen.route]
            if chosen is None or at + timedelta(seconds=chosen.wait_s) > until:
                raise self._nobody(job, routes, chosen.wait_s if chosen else None)
            await asyncio.sleep(chosen.wait_s * random.uniform(1, HASTE))

    @contextmanager
    def asking(self, job: Job) -> Iterator[Hear]:
        """While an engine is at work; to be told that it has accepted, and what it has come to."""
        if job.provider not in self._upstreams:
            yield lambda event: None
            return
        with self._breakers.asking(job.provider, job.upstream) as hear:
            yield hear

    def sent(self, job: Job) -> Generation:
        """What the engine is asked for, which may not be able to do all that was asked of the model."""
        return self._adapted(reworded(job.generation, job.wording), job.upstream)[0]

    def turned_away(self, job: Job, end: Event) -> TurnedAway | None:
        """Whether the end of an attempt is not the end of the job."""
        return turned_away(job, end, self._upstreams.get(job.provider))

    def deadline_s(self, job: Job) -> int | None:
        """How long the one who makes it may take."""
        planned = (job.provider, job.upstream)
        return next(
            (route.deadline_s for route in self._routes(job) if (route.provider, route.upstream) == planned), None
        )

    def standings(self) -> tuple[Standing, ...]:
        """Every upstream, and how it does with each model that it may be asked for."""
        ways = self._ways()
        return tuple(self._standing(upstream, ways.get(upstream.name, {})) for upstream in self._upstreams.values())

    def _ways(self) -> dict[str, dict[str, list[str]]]:
        """For each upstream, by its own ids, the models of the catalog that it makes."""
        ways: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for model in self._catalog.models:
            with suppress(Problem):  # nobody makes it
                for route in candidates(model, list(self._upstreams.values()), sketched=False, spin=""):
                    ways[route.provider][route.upstream].append(model.id)
        return ways

    def _standing(self, upstream: Upstream, ways: Mapping[str, Sequence[str]]) -> Standing:
        at = self._now()
        besides = [model for model in self._breakers.models(upstream.name) if model not in ways]  # such as text models
        models = [*ways.items(), *((model, ()) for model in besides)]
        routes = [(Route(provider=upstream.name, upstream=model), serves) for model, serves in models]
        loads = [self._load(route) for route, _ in routes] or [self._load(Route(provider=upstream.name))]
        return Standing(
            name=upstream.name,
            kind=upstream.kind,
            weight=upstream.weight,
            keys=loads[0].keys,
            resting=max(load.resting for load in loads),
            routes=tuple(
                RouteStanding(
                    model=route.upstream,
                    serves=tuple(serves),
                    gate=(known := self._known(route)).gate(at),
                    away_s=self._away_s(route),
                    in_flight=known.in_flight,
                    asked=len(list(known.recent(at))),
                    success=known.success(at),
                    error=known.error,
                )
                for route, serves in routes
            ),
        )

    def _routes(self, job: Job) -> Sequence[Route]:
        """As they are configured now; the one that was planned, when they lead nowhere."""
        try:
            model = self._catalog.find(job.generation.model)
            sketched = job.test or job.generation.sketch
            return candidates(model, list(self._upstreams.values()), sketched=sketched, spin=job.id)
        except Problem:
            return (Route(provider=job.provider, upstream=job.upstream),)

    def _plans_for(self, job: Job) -> dict[Route, Plan]:
        return self._plans(reworded(job.generation, job.wording), self._routes(job))

    def _plans(self, generation: Generation, routes: Sequence[Route]) -> dict[Route, Plan]:
        """What becomes of the request on each route, of those that lead to somebody who can do it, or nearly.

        Raises what the first of the others says when nobody can.
        """
        plans: dict[Route, Plan] = {}
        problems: list[Problem] = []
        for route in routes:
            provider = self._providers.get(route.provider)
            honoured = provider.honours if provider else frozenset()
            ignored = tuple(name for name, _ in generation.knobs if name not in honoured)
            try:
                plans[route] = Plan(route, ignored, self._adapted(generation, route.upstream)[1])
            except Problem as problem:
                problems.append(problem)
        if not plans:
            raise problems[0]
        return plans

    def _adapted(self, generation: Generation, upstream: str) -> tuple[Generation, tuple[Change, ...]]:
        return adapt(generation, self._catalog.ability(generation.model, upstream))

    def _free_first(self, routes: Sequence[Route]) -> Sequence[Route]:
        """Who has as much to do as it may comes after everybody else."""
        return sorted(routes, key=lambda route: self._load(route).full)

    def _away_s(self, route: Route) -> float:
        return max(self._known(route).away_s(self._now()), self._load(route).rests_s)

    def _known(self, route: Route) -> Health:
        return self._breakers.known(route.provider, route.upstream)

    def _load(self, route: Route) -> Load:
        load = getattr(self._providers.get(route.provider), "load", None)
        return load(route.upstream) if load else Load(keys=0, resting=0, rests_s=0.0, full=False)

    def _nobody(self, job: Job, routes: Sequence[Route], wait_s: float | None) -> Problem:
        problem = most_telling(job.attempts)
        if problem is None:
            return self._all_away(routes)
        if wait_s is not None and problem.kind is Kind.BUSY:
            problem.retry_after = whole_seconds(wait_s)
        return problem

    def _all_away(self, routes: Sequence[Route]) -> Problem:
        names = ", ".join(dict.fromkeys(route.provider for route in routes))
        wait_s = whole_seconds(min(self._away_s(route) for route in routes))
        message = f"Nobody who makes this can be asked now: {names}. Try again in {wait_s} seconds."
        return Problem(Kind.UNAVAILABLE, message, code="upstreams_away", retry_after=wait_s)


def _patience(film: bool) -> timedelta:
    return PATIENCE[Medium.VIDEO] if film else PATIENCE_ELSE
