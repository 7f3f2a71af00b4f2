"""Rail — 轨道图: a case drawn like a train graph: agencies as lanes, proceedings as stations, hand-overs as couplings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dangui.core.problem import Words
from dangui.web.desk.sheet import CaseSheet, CaseStation, Coupling, Station, Train

COLUMN = 206
LANE = 104
TOP = 6
BOX_WIDTH = 160
BOX_HEIGHT = 52
TICKET_WIDTH = 64
TICKET_HEIGHT = 18
PILL = 62
DOT_GAP = 22


@dataclass(frozen=True, slots=True)
class Lane:
    """One agency's lane."""

    title: object
    y: int


@dataclass(frozen=True, slots=True)
class Stop:
    """A station with its place, and the trains standing there."""

    station: CaseStation
    x: int
    y: int
    trains: tuple[tuple[Train, int, int], ...]
    here: bool

    @property
    def box(self) -> tuple[int, int]:
        """Left top corner of the station's sign."""
        return self.x - BOX_WIDTH // 2, self.y - BOX_HEIGHT // 2


@dataclass(frozen=True, slots=True)
class Track:
    """A piece of line between two stations, with the ticket of its hand-over."""

    path: str
    ticket: Coupling | None
    x: int
    y: int
    open: bool


@dataclass(frozen=True, slots=True)
class Rail:
    """The whole drawing."""

    left: int
    width: int
    height: int
    lanes: tuple[Lane, ...]
    stops: tuple[Stop, ...]
    tracks: tuple[Track, ...]


@dataclass(frozen=True, slots=True)
class Dot:
    """A station of a small rail."""

    station: Station
    x: int


def rail(case: CaseSheet, said: Callable[[Words], str] = lambda title: str(title["zh"])) -> Rail:
    """The large drawing of a case: time runs to the right, one column per proceeding in the order they were opened.

    ``said`` chooses the language, because the lanes begin right of the longest name.
    """
    order = sorted(case.stations, key=lambda station: station.opened_at)
    agencies = list(dict.fromkeys(str(station.agency["zh"]) for station in order))
    left = max((width(said(station.agency)) for station in order), default=0) + 28
    titles = {str(station.agency["zh"]): station.agency for station in order}
    places = {station.proceeding: (left + COLUMN * number + BOX_WIDTH // 2, TOP + LANE * agencies.index(str(station.agency["zh"])) + LANE // 2)
              for number, station in enumerate(order)}
    lanes = tuple(Lane(titles[name], TOP + LANE * number + LANE // 2) for number, name in enumerate(agencies))
    stops = tuple(_stop(station, places[station.proceeding], case.trains) for station in order)
    return Rail(left - 10, left + COLUMN * len(order), TOP + LANE * len(agencies), lanes, stops, tuple(_tracks(case, order, places)))


def width(text: str) -> int:
    """About how wide a text is drawn at 13 px: a Chinese character takes two Latin ones."""
    return sum(14 if ord(sign) > 0x2E7F else 8 for sign in text)


def dots(stations: Sequence[Station]) -> tuple[Dot, ...]:
    """The small drawing: stations on one line, from left to right."""
    return tuple(Dot(station, 6 + DOT_GAP * number) for number, station in enumerate(stations))


def _stop(station: CaseStation, place: tuple[int, int], trains: Sequence[Train]) -> Stop:
    x, y = place
    standing = [train for train in trains if train.at == station.proceeding]
    left = x - BOX_WIDTH // 2
    placed = tuple((train, left + (PILL + 4) * number, y + BOX_HEIGHT // 2 + 5) for number, train in enumerate(standing))
    return Stop(station, x, y, placed, bool(standing) and station.closed_at is None)


def _tracks(case: CaseSheet, order: Sequence[CaseStation], places: dict[str, tuple[int, int]]) -> list[Track]:
    tracks: list[Track] = []
    shared: dict[frozenset[str], int] = {}
    for coupling in case.couplings:
        if coupling.proceeding in places and coupling.to_proceeding in places:
            pair = frozenset((coupling.proceeding, coupling.to_proceeding))
            shared[pair] = shared.get(pair, -1) + 1
            tracks.append(_track(places[coupling.proceeding], places[coupling.to_proceeding], coupling, shared[pair]))
    for station in order:
        if station.parent in places:
            tracks.append(_track(places[station.parent], places[station.proceeding], None, 0))
    return tracks


def _track(start: tuple[int, int], end: tuple[int, int], ticket: Coupling | None, nth: int) -> Track:
    (x1, y1), (x2, y2) = start, end
    ahead = 1 if x2 > x1 else -1
    # Several tickets between the same two stations run side by side.
    shift = nth * (TICKET_HEIGHT + 6)
    x1, x2 = x1 + ahead * BOX_WIDTH // 2, x2 - ahead * BOX_WIDTH // 2
    y1, y2 = y1 + shift - (10 if nth else 0), y2 + shift - (10 if nth else 0)
    middle = (x1 + x2) // 2 if abs(x2 - x1) < COLUMN else x2 - ahead * (COLUMN - BOX_WIDTH) // 2
    path = f"M{x1} {y1} L{middle - ahead * 8} {y1} Q{middle} {y1} {middle} {y1 + _sign(y2 - y1) * 8} L{middle} {y2 - _sign(y2 - y1) * 8} Q{middle} {y2} {middle + ahead * 8} {y2} L{x2} {y2}"
    if y1 == y2:
        path = f"M{x1} {y1} L{x2} {y2}"
    waiting = ticket is not None and ticket.received_at is None and ticket.status in ("sent", "delivered", "parked")
    return Track(path, ticket, middle - TICKET_WIDTH // 2, (y1 + y2) // 2 - TICKET_HEIGHT // 2, waiting)


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)
