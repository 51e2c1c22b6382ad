"""Reads a prompt into a plan: what is drawn, where, when, in which style, and what is left out."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Subject:
    glyph: str
    word: str
    count: int = 1
    colour: str | None = None
    materials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    prompt: str
    seed: int
    language: str
    subjects: tuple[Subject, ...]
    place: str
    time: str
    weather: str
    style: str
    action: str
    camera: str
    colours: tuple[str, ...]
    text: tuple[str, ...]
    circled: bool
    drawn: tuple[str, ...]
    missing: tuple[str, ...]
