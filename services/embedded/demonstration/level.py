"""Levels: about which value an authority's figures lie in a quarter."""

from dataclasses import dataclass

from schemas.catalogue import Kind, Polarity
from schemas.periods import Period
from schemas.reference import Authority
from services.embedded.demonstration.chance import Chance
from services.embedded.demonstration.england import England
from services.embedded.demonstration.story import Sender, Story

_MIDDLE = 0.5
_APART = 0.15
_PER_CENT = 100.0


@dataclass(frozen=True, slots=True)
class Levels:
    """The levels of one authority, in each indicator's unit."""

    story: Story
    england: England
    sender: Sender
    authority: Authority

    @property
    def people(self) -> float:
        """The children of the real authority that this one is drawn from."""
        return self.england.people[str(self.authority.drawn_from)]

    def of(self, indicator: str, period: Period) -> float:
        """Return the level: what the story says, else about what the real authority publishes."""
        told = self.story.change(self.sender.code, indicator, period)
        return told if told is not None else self.usual(indicator)

    def usual(self, indicator: str) -> float:
        """Return the level without what happens: published and brought in, or assumed."""
        recipe = self.story.draw.get(indicator)
        placed = self.sender.place.get(indicator)
        if placed is not None:
            return self.england.at(indicator, placed)
        if self.england.indicators[indicator].kind is Kind.COUNT and self.england.has(indicator):
            return self._published(indicator)
        if recipe is not None and recipe.value is not None and not self.england.has(indicator):
            return self._assumed(indicator, recipe.value)
        return self._ordinary(indicator)

    def _assumed(self, indicator: str, value: float) -> float:
        """Return each authority's own level about an assumed one; a percentage stays below 100."""
        chance = Chance(self.story.seed, self.sender.code, indicator, "level")
        percentage = self.england.indicators[indicator].kind is Kind.PERCENTAGE
        room = min(value, _PER_CENT - value) if percentage else value
        return value + _APART * room * chance.deviate()

    def _published(self, indicator: str) -> float:
        found = self.england.value(indicator, str(self.authority.drawn_from))
        return found if found is not None else self.england.at(indicator, _MIDDLE)

    def _ordinary(self, indicator: str) -> float:
        neutral = self.england.indicators[indicator].polarity is Polarity.NEUTRAL
        bounds = self.story.ordinary.neutral if neutral else self.story.ordinary.polar
        published = self._published(indicator)
        place = self.england.place(indicator, published)
        if bounds[0] <= place <= bounds[1]:
            return published
        return self.england.at(indicator, min(max(place, bounds[0]), bounds[1]))
