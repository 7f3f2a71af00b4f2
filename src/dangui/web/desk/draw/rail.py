"""Rail — 轨道图: a case like a metro plan: agencies are lanes, proceedings stations, hand-overs tracks with tickets.

Tracks keep to the gaps: vertical pieces run in the channels between columns, horizontal ones in the gutters between
lanes, so none of them crosses a station.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from dangui.core.problem import Words
from dangui.web.desk.sheet import CaseSheet, CaseStation, Coupling, Station, Train

BOX_WIDTH = 124
BOX_HEIGHT = 50
TITLE_ROOM = 148
"""A title of two lines is drawn smaller: more of it fits than the box is wide at 13 px."""
TICKET_WIDTH = 66
TICKET_HEIGHT = 18
GAP = 72
"""Between two columns; a ticket fits."""
COLUMN = BOX_WIDTH + GAP
LANE = 116
LANE_ROOM = 160
TOP = 14
PILL = 58
APART = 5
"""Between two tracks that share a channel or a gutter."""
DOT_GAP = 22

Said = Callable[[Words], str]
Place = tuple[int, int]
"""Column and lane."""
Text = tuple[str, int]
"""A line of words and how far below the middle it stands."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One agency's lane."""

    title: Words
    lines: tuple[Text, ...]
    y: int


@dataclass(frozen=True, slots=True)
class Stop:
    """A station with its place, and the trains standing there."""

    station: CaseStation
    lines: tuple[Text, ...]
    x: int
    y: int
    trains: tuple[tuple[Train, int, int], ...]

    @property
    def box(self) -> tuple[int, int]:
        """Left top corner of the station's sign."""
        return self.x - BOX_WIDTH // 2, self.y - BOX_HEIGHT // 2


@dataclass(frozen=True, slots=True)
class Track:
    """A line between two stations, with the ticket of its first hand-over and how many there were."""

    path: str
    tickets: tuple[Coupling, ...]
    x: int
    y: int

    @property
    def open(self) -> bool:
        """Whether a hand-over on it is still on its way."""
        return any(
            ticket.received_at is None and ticket.status in ("sent", "delivered", "parked") for ticket in self.tickets
        )


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


def rail(case: CaseSheet, said: Said = lambda title: str(title["zh"])) -> Rail:
    """The large drawing of a case. ``said`` chooses the language: the columns begin right of the longest name."""
    order = sorted(case.stations, key=lambda station: station.opened_at)
    titles = list({str(station.agency["zh"]): station.agency for station in order}.values())
    names = [lines(said(title), LANE_ROOM, 17) for title in titles]
    left = max((width(text) for name in names for text, _ in name), default=0) + 24
    places = _places(order, case.couplings, [str(title["zh"]) for title in titles])
    points = {
        station: (left + COLUMN * column + BOX_WIDTH // 2, _middle(lane)) for station, (column, lane) in places.items()
    }
    columns = max((column for column, _ in places.values()), default=0) + 1
    return Rail(
        left - 10,
        left + COLUMN * columns - GAP + 4,
        TOP + LANE * len(titles),
        tuple(Lane(title, names[number], _middle(number)) for number, title in enumerate(titles)),
        tuple(_stop(station, points[station.proceeding], case.trains, said) for station in order),
        tuple(_tracks(case, points)),
    )


def width(text: str) -> int:
    """About how wide a text is drawn at 13 px: a Chinese character takes two Latin ones."""
    return sum(14 if ord(sign) > 0x2E7F else 8 for sign in text)


def lines(text: str, room: int, height: int) -> tuple[Text, ...]:
    """The text in lines that fit into ``room``, set around the middle; a Chinese title is never parted."""
    rows: list[str] = []
    for word in text.split(" "):
        if rows and width(f"{rows[-1]} {word}") <= room:
            rows[-1] += f" {word}"
        else:
            rows.append(word)
    first = -(len(rows) - 1) * height // 2
    return tuple((row, first + number * height) for number, row in enumerate(rows))


def dots(stations: Sequence[Station]) -> tuple[Dot, ...]:
    """The small drawing: stations on one line, from left to right."""
    return tuple(Dot(station, 6 + DOT_GAP * number) for number, station in enumerate(stations))


def _middle(lane: int) -> int:
    return TOP + LANE * lane + LANE // 2 - 6


def _places(order: Sequence[CaseStation], couplings: Sequence[Coupling], lanes: Sequence[str]) -> dict[str, Place]:
    """Each station right of the one it came from, and right of the one before it in its lane."""
    places: dict[str, Place] = {}
    for station in order:
        lane = lanes.index(str(station.agency["zh"]))
        before = [column for column, other in places.values() if other == lane]
        came = _came_from(station, couplings, places)
        places[station.proceeding] = (max([-1, *before, *came]) + 1, lane)
    return places


def _came_from(station: CaseStation, couplings: Sequence[Coupling], places: Mapping[str, Place]) -> list[int]:
    linked = [
        each.proceeding
        for each in sorted(couplings, key=lambda each: each.sent_at)
        if each.to_proceeding == station.proceeding and each.proceeding in places
    ]
    return [places[each][0] for each in [station.parent, *linked][:2] if each in places][:1]


def _stop(station: CaseStation, point: tuple[int, int], trains: Sequence[Train], said: Said) -> Stop:
    x, y = point
    left = x - BOX_WIDTH // 2
    standing = [train for train in trains if train.at == station.proceeding]
    title = lines(said(station.title), TITLE_ROOM, 12)
    return Stop(
        station,
        title,
        x,
        y,
        tuple((train, left + (PILL + 4) * number, y + BOX_HEIGHT // 2 + 4) for number, train in enumerate(standing)),
    )


def _tracks(case: CaseSheet, points: Mapping[str, tuple[int, int]]) -> list[Track]:
    pairs: dict[tuple[str, str], list[Coupling]] = {}
    for station in case.stations:
        if station.parent in points:
            pairs[(station.parent, station.proceeding)] = []
    for coupling in case.couplings:
        ends = (coupling.proceeding, coupling.to_proceeding)
        if all(end in points for end in ends) and ends[0] != ends[1]:
            pairs.setdefault((min(ends, key=points.__getitem__), max(ends, key=points.__getitem__)), []).append(
                coupling
            )
    used: Counter[int] = Counter()
    return [
        _track(points[start], points[end], sorted(tickets, key=lambda each: each.sent_at), used)
        for (start, end), tickets in pairs.items()
    ]


def _track(start: tuple[int, int], end: tuple[int, int], tickets: Sequence[Coupling], used: Counter[int]) -> Track:
    (x1, y1), (x2, y2) = start, end
    out, into = x1 + BOX_WIDTH // 2, x2 - BOX_WIDTH // 2
    # The last channel, and how many tracks run there already: each stands a little beside the one before.
    shift = used[into] * APART
    used[into] += 1
    channel = into - GAP // 2 + shift
    arrive = y2 + (shift if shift < BOX_HEIGHT // 2 else 0)
    if x2 - x1 <= COLUMN:
        corners = (
            [(out, y1), (channel, y1), (channel, arrive), (into, arrive)]
            if x2 > x1
            else [(x1 - BOX_WIDTH // 2, y1), (channel, y1), (channel, arrive), (into, arrive)]
        )
    else:
        gutter = (max(y1, y2) if y1 != y2 else y1) - LANE // 2 + 2 - shift
        first = out + GAP // 2 - shift
        corners = [
            (out, y1 + shift),
            (first, y1 + shift),
            (first, gutter),
            (channel, gutter),
            (channel, arrive),
            (into, arrive),
        ]
    y = (corners[-3][1] + arrive) // 2 if abs(corners[-3][1] - arrive) > TICKET_HEIGHT else arrive
    y += (TICKET_HEIGHT + 2) * (used[into] - 1) if used[into] < 3 else 0
    return Track(_path(corners), tuple(tickets), into - GAP // 2 - TICKET_WIDTH // 2, y - TICKET_HEIGHT // 2)


def _path(corners: Sequence[tuple[int, int]]) -> str:
    """A line through the corners, each of them rounded."""
    parts = [f"M{corners[0][0]} {corners[0][1]}"]
    for (x0, y0), (x, y), (x2, y2) in zip(corners, corners[1:], corners[2:], strict=False):
        near, far = min(8, max(abs(x - x0), abs(y - y0)) // 2), min(8, max(abs(x2 - x), abs(y2 - y)) // 2)
        parts.append(
            f"L{x - _sign(x - x0) * near} {y - _sign(y - y0) * near}"
            f" Q{x} {y} {x + _sign(x2 - x) * far} {y + _sign(y2 - y) * far}"
        )
    parts.append(f"L{corners[-1][0]} {corners[-1][1]}")
    return " ".join(parts)


def _sign(number: int) -> int:
    return (number > 0) - (number < 0)
