"""Casts the subjects of a plan: how large each one is, who carries or is near whom, and where they all come to be."""

import random
from collections.abc import Sequence
from dataclasses import replace

from danqing.sketch.craft import art
from danqing.sketch.craft.canvas import Stage
from danqing.sketch.figures import pose
from danqing.sketch.figures.figure import Setting, figure
from danqing.sketch.figures.piece import Actor, Near, Part, Piece
from danqing.sketch.figures.together import Cutout, burden, joined, told
from danqing.sketch.language import kinds
from danqing.sketch.planning import stature
from danqing.sketch.planning.dice import dice, turn
from danqing.sketch.planning.plan import Plan, Relation, Subject
from danqing.sketch.scenery.scene import SHOWN_LARGE, Scene, is_afloat
from danqing.sketch.scenery.spots import INDOORS
from danqing.sketch.stage.blocking import in_air, on_ground

HOVERING = frozenset({"butterfly", "kite", "balloon", "honeybee", "ghost", "sparkles"})  # also indoors, held still
CELESTIAL = 0.5  # of the height: what hangs in the sky alone keeps above it
MOST = 12  # actors on one stage
SIZES: dict[str, float] = {"tiny": 0.4, "small": 0.68, "normal": 1.0, "large": 1.28, "giant": 1.6}
SMALLEST, LARGEST = 0.28, 2.2  # of the lead, when sizes are not told
LEAST_SEEN = 0.2  # of the lead, however tiny
LEAST_CARRIER = 0.85  # of what it carries
LEAST_SHELTER = 1.7  # of who is under it
ASIDE = (-0.8, 0.2, 0.85, -0.3)  # where a row stands: left -1, right 1; seeds that follow each other differ
NEARNESS = (1.06, 0.8, 1.0, 1.18, 0.9)
CLOSENESS = {"under": (0.3, 0.03), "behind": (0.42, -0.04)}  # see `Near`


def is_airborne(slug: str, plan: Plan, view: str) -> bool:
    """Whether the thing keeps off the ground in this view of the plan."""
    flyer = stature.is_flyer(slug)
    if plan.action == "launch":
        return False
    if plan.action == "fall" and stature.is_falling(slug):
        return True
    if is_afloat(plan, view) and stature.is_afloat(slug) and not flyer:
        return False
    if plan.place == "underwater":
        return not stature.is_bottom(slug)
    if plan.action in ("fly", "float"):
        alone = not any(stature.is_flyer(subject.glyph) for subject in plan.subjects)
        return flyer or (alone and not stature.is_ball(slug))
    if view in INDOORS and plan.action == "still":
        return slug in HOVERING
    return view == "sky" or (flyer and plan.action not in ("sleep", "walk"))


def _parts(plan: Plan, relations: Sequence[Relation], view: str, seen: frozenset[str]) -> list[Part]:
    """Every single figure to be drawn, the lead first; what the scene itself shows (`seen`) is left to it."""
    parts: list[Part] = []
    shares = _shares(plan, relations)
    for number, subject in enumerate(plan.subjects):
        slug = subject.glyph
        if not art.has(slug) or (slug in seen and (number > 0 or slug in SHOWN_LARGE)):
            continue
        hanging = kinds.is_sky(slug) and (number > 0 or view not in INDOORS)
        role = "ball" if stature.is_ball(slug) and parts else "extra"
        airborne = is_airborne(slug, plan, view) or hanging
        for k in range(subject.count):
            share = shares[number] * (0.5 if hanging and number > 0 else 1)
            parts.append(Part(number, _one_of(subject, k), "lead" if not parts else role, airborne, share))
    return parts[:MOST]


def _shares(plan: Plan, relations: Sequence[Relation]) -> list[float]:
    """How high each subject is, where a lead of usual size is 1; carriers are large enough for their load."""
    lead = plan.subjects[0].glyph if plan.subjects else ""
    usual = [min(LARGEST, max(SMALLEST, stature.size(one.glyph) / stature.size(lead))) for one in plan.subjects]
    sizes = [share * SIZES.get(one.size, 1.0) for share, one in zip(usual, plan.subjects, strict=True)]
    shares = [max(size, LEAST_SEEN * sizes[0]) for size in sizes]
    for relation in relations:
        pair = burden(relation)
        if pair and relation.kind in ("riding", "on", "in"):
            shares[pair[0]] = max(shares[pair[0]], LEAST_CARRIER * shares[pair[1]])
        elif relation.kind == "under" and not kinds.is_sky(plan.subjects[relation.other].glyph):
            shares[relation.other] = max(shares[relation.other], LEAST_SHELTER * shares[relation.one])
    return shares


def _one_of(subject: Subject, k: int) -> Subject:
    """The `k`-th of several: people in a crowd are not all the same."""
    crowd = [slug for slug in pose.CROWDS.get(subject.glyph, ()) if art.has(slug)]
    return replace(subject, glyph=crowd[k % len(crowd)]) if crowd and subject.count > 1 else subject


def _lead_size(plan: Plan, stage: Stage, count: int) -> float:
    """The usual height in pixels: smaller in company, larger close up."""
    alone = (0.60, 0.48, 0.42, 0.38, 0.36, 0.34, 0.31, 0.29, 0.27)
    share = alone[min(max(count, 1), len(alone)) - 1] * (1.3 if stage.tall and count <= 2 else 1.0)
    return stage.unit * share * {"close": 1.36, "wide": 0.78, "aerial": 0.72}.get(plan.camera, 1.0)


def cast(plan: Plan, scene: Scene) -> list[Actor]:
    """The actors of a plan in its scene, farthest first."""
    stage, ground = scene.stage, scene.ground
    relations = told(plan)
    parts = _parts(plan, relations, scene.view, scene.seen)
    chance = dice(plan, "cast")
    setting = Setting(plan.action, plan.camera, scene.colours, chance.choice((-1, 1)))
    loads = {pair[1] for relation in relations if (pair := burden(relation))}
    company = sum(part.number not in loads for part in parts)
    size = _lead_size(plan, stage, company) * NEARNESS[turn(plan, "nearness", len(NEARNESS))]
    if loads:
        size *= 0.86  # pairs are higher than either of them
    upright = {number for relation in relations if (pair := burden(relation)) for number in _upright(relation, pair)}
    about = turn(plan, "facing", 2) == 1
    pieces: list[Piece] = []
    for part in parts:
        high = max(6, round(size * part.share * (1 if part.role == "lead" else chance.uniform(0.95, 1.05))))
        subject = (
            replace(part.subject, glyph=pose.seated(part.subject.glyph)) if part.number in upright else part.subject
        )
        piece = Piece(part, figure(subject, high, setting, chance), high, stature.facing(subject.glyph))
        pieces.append(piece.turned() if about and kinds.is_animal(part.subject.glyph) else piece)
    pieces = _grouped(pieces, relations, chance)
    aside = ASIDE[turn(plan, "aside", len(ASIDE))]
    actors = on_ground([piece for piece in pieces if not piece.part.airborne], stage, ground, aside, chance)
    top = min((actor.y - actor.picture.height for actor in actors), default=stage.height * 0.86)
    flying = [piece for piece in pieces if piece.part.airborne]
    if all(kinds.is_sky(piece.part.subject.glyph) for piece in flying):
        top = min(top, stage.height * CELESTIAL)
    actors += in_air(flying, stage, top, chance)
    return sorted(actors, key=lambda actor: (actor.airborne, actor.y, actor.role == "lead"))


def _upright(relation: Relation, pair: tuple[int, int]) -> tuple[int, ...]:
    """Which of a pair sit up, so that their face and their paws can be seen."""
    return (pair[0],) if relation.kind in ("holding", "wearing") else (pair[1],) if relation.kind != "on" else ()


def _grouped(pieces: list[Piece], relations: Sequence[Relation], chance: random.Random) -> list[Piece]:
    """The pieces with those joined that touch, and those brought together that stand near each other."""
    held = sorted(relations, key=lambda relation: _turn(relation, relations))
    for relation in held:
        pair = burden(relation)
        if pair:
            pieces = _joined(pieces, relation.kind, *pair)
    for relation in relations:
        if relation.kind in CLOSENESS:
            pieces = _brought_near(pieces, relation, chance)
    return pieces


def _turn(relation: Relation, relations: Sequence[Relation]) -> int:
    """Baskets are filled before they are carried; people are dressed before they are seated."""
    carried = {one.other for one in relations if one.kind in ("wearing", "holding")}
    return 0 if relation.kind == "in" and relation.other in carried else 1 if relation.other in carried else 2


def _joined(pieces: list[Piece], kind: str, carrier: int, load: int) -> list[Piece]:
    """The pieces with every carrier holding its part of the loads."""
    carriers = [piece for piece in pieces if piece.part.number == carrier]
    loads = [piece for piece in pieces if piece.part.number == load]
    if carrier == load or not carriers or not loads:
        return pieces
    done: dict[int, Piece] = {}
    for k, piece in enumerate(carriers):
        own = loads[k :: len(carriers)]
        if not own:
            continue
        whole = joined(kind, _cutout(piece), [_cutout(one) for one in own])
        role = "lead" if any(one.part.role == "lead" for one in own) else piece.part.role
        done[id(piece)] = replace(piece, picture=whole, part=replace(piece.part, role=role))
    return [done.get(id(piece), piece) for piece in pieces if piece.part.number != load]


def _cutout(piece: Piece) -> Cutout:
    return Cutout(piece.part.subject.glyph, piece.picture, piece.facing)


def _brought_near(pieces: list[Piece], relation: Relation, chance: random.Random) -> list[Piece]:
    """The pieces with those of the smaller subject placed at one of the larger."""
    ones = [piece for piece in pieces if piece.part.number == relation.one and not piece.part.airborne]
    others = [piece for piece in pieces if piece.part.number == relation.other and not piece.part.airborne]
    if not ones or not others or relation.one == relation.other or any(piece.near for piece in (*ones, *others)):
        return pieces
    host, guests = others[0], ones
    across, nearer = CLOSENESS[relation.kind]
    if relation.kind == "behind" and ones[0].picture.height > others[0].picture.height:
        host, guests, nearer = ones[0], others, 0.04
    side = chance.choice((-1, 1))
    near = tuple(
        Near(guest, side * across * (1 if k % 2 == 0 else -1) * (1 + 0.5 * (k // 2)), nearer)
        for k, guest in enumerate(guests)
    )
    kept = [piece for piece in pieces if piece not in guests]
    return [replace(piece, near=near) if piece is host else piece for piece in kept]
