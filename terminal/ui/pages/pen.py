"""What every page is written with: the language, money, clock, and the parts all pages share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from shared.amounts import NO_BREAK_SPACE as SPACE, Language, format_amount
from shared.ids import AssetId
from terminal.till import pricing, risk
from terminal.till.events import ChooseLanguage, Enter, Erase, Event, Key, OpenState, Unsent
from terminal.till.flow import FLOW
from terminal.till.receipts import Sold
from terminal.till.state import Till
from terminal.ui import messages as m
from terminal.ui.messages import Phrase, say
from terminal.ui.screen import Button, Icon, Line, Look, Sign, StatusBar

DAY_MINUTES: Final = 24 * 60
MINUTE_MS: Final = 60_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How many tiles fit: 4×3 at 1024×600, 3×3 at 800×480."""

    columns: int = 4
    rows: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Pen:
    """The till to draw, and how to say things about it."""

    till: Till
    layout: Layout

    @property
    def language(self) -> Language:
        """The language of the screen."""
        return self.till.language

    def say(self, phrase: Phrase, **values: str | int) -> str:
        """Give a phrase in the screen's language."""
        return say(phrase, self.language, **values)

    def money(self, amount: int, asset: AssetId | None = None, *, plus: bool = False) -> str:
        """Write an amount of an asset, by default of the place's currency."""
        directory = self.till.directory
        unit = directory.assets[asset or directory.currency]
        text = format_amount(amount, scale=unit.scale, symbol=unit.symbol, language=self.language)
        return f"+{text}" if plus and amount > 0 else text

    def cash(self, amount: int, asset: AssetId, *, plus: bool = False) -> str:
        """Write what an amount of an asset costs in coins and notes: one euro a unit."""
        scale = self.till.directory.assets[asset].scale
        text = format_amount(amount, scale=scale, symbol="€", language=self.language)
        return f"+{text}" if plus else text

    def local_minutes(self, at_ms: int) -> int:
        """Minutes since 1970 on the place's clock."""
        return at_ms // MINUTE_MS + self.till.directory.utc_offset_minutes

    def clock(self, at_ms: int) -> str:
        """Write a time of the day, 24 hours."""
        hours, minutes = divmod(self.local_minutes(at_ms) % DAY_MINUTES, 60)
        return f"{hours:02d}:{minutes:02d}"

    def duration(self, ms: int) -> str:
        """Write how long something has lasted: minutes, later hours."""
        minutes = ms // MINUTE_MS
        if minutes < 120:
            return self.say(m.MINUTES, n=minutes)
        return self.say(m.HOURS, n=minutes // 60)

    def sales(self, sales: Unsent) -> str:
        """Write "14 ventes (96,50 €)"."""
        singular = sales.count == 1 or (sales.count == 0 and self.language == "fr")
        phrase = m.SALE_ONE if singular else m.SALE_MANY
        return self.say(phrase, n=sales.count, amount=self.money(sales.amount))

    def to_send(self) -> str:
        """Write "14 ventes (96,50 €) à envoyer"."""
        return self.say(m.SALES_TO_SEND, sales=self.sales(self.till.unsent))

    def sold_name(self, sold: Sold) -> str:
        """Name what was sold as it is called now; what left the catalogue keeps its old name."""
        known = pricing.products(self.till.directory).get(sold.product)
        return sold.label if known is None else known.name

    def caption(self, at_ms: int, number: str, operator: str = "") -> str:
        """Write "22:46 · carte 4F2A 91C0 · par Maïa", as far as it is known."""
        card = self.say(m.CARD, number=number) if number else ""
        by = self.say(m.BY, operator=operator) if operator else ""
        return " · ".join(part for part in (self.clock(at_ms), card, by) if part)

    def goods(self, sold: Sequence[Sold]) -> str:
        """Write goods on one line: "2 × Bière pression · 1 × Limonade"."""
        return " · ".join(f"{s.quantity}{SPACE}×{SPACE}{self.sold_name(s)}" for s in sold)

    def lines(self, sold: Sequence[Sold]) -> tuple[Line, ...]:
        """Write goods line by line."""
        return tuple(
            Line(
                quantity=f"{s.quantity}{SPACE}×",
                name=self.sold_name(s),
                amount=self.money(s.quantity * s.unit_price),
            )
            for s in sold
        )

    def online(self) -> bool:
        """Tell whether the node is in reach now."""
        return risk.online(self.till.link, self.till.now_ms)

    def status(self) -> StatusBar:
        """Draw the bar on top; it is a button where the till would answer it."""
        till = self.till
        opens = (type(till.page), OpenState) in FLOW
        online = self.online()
        return StatusBar(
            place=till.directory.place_name if till.paired else self.say(m.NOT_PAIRED),
            point_of_sale=till.directory.point_of_sale,
            operator=self._operator(),
            network=Sign(
                icon=Icon.NETWORK if online else Icon.NETWORK_LOST,
                label=self.say(m.ONLINE if online else m.OFFLINE),
                trouble=not online and till.paired,
            ),
            reader=Sign(
                icon=Icon.READER if till.reader else Icon.READER_LOST,
                label=self.say(m.READER if till.reader else m.UNPLUGGED),
                trouble=not till.reader,
            ),
            unsent=Sign(icon=Icon.SEND, label=self.say(m.TO_SEND, n=till.unsent.count)),
            unsent_count=till.unsent.count,
            unsent_amount=self.money(till.unsent.amount),
            clock=self.clock(till.now_ms),
            state=Button(id="state", label="", event=OpenState() if opens else None),
        )

    def _operator(self) -> Sign:
        if self.till.operator is None:
            return Sign(icon=Icon.LOCK, label=self.say(m.LOCKED))
        return Sign(icon=Icon.PERSON, label=self.till.operator.name)

    def training(self) -> str:
        """Give the hatched banner's text, empty in real life."""
        return self.say(m.TRAINING) if self.till.training else ""

    def button(
        self,
        name: str,
        phrase: Phrase,
        event: Event | None,
        *,
        icon: Icon | None = None,
        look: Look = Look.PLAIN,
        sub: str = "",
    ) -> Button:
        """Make a button."""
        label = self.say(phrase)
        return Button(id=name, label=label, event=event, icon=icon, look=look, sub=sub)

    def languages(self) -> tuple[Button, ...]:
        """Choose between the two languages."""
        names: tuple[tuple[Language, str], ...] = (("fr", m.FRENCH), ("en", m.ENGLISH))
        return tuple(
            Button(
                id=f"language:{code}",
                label=name,
                event=ChooseLanguage(code),
                look=Look.CHOICE,
                selected=code == self.language,
            )
            for code, name in names
        )

    def keypad(self, *, off: bool = False, enter: bool = True) -> tuple[Button, ...]:
        """Twelve keys, row by row: the last row is erase, 0, and OK or 00."""

        def key(digits: str) -> Button:
            return Button(id=f"key:{digits}", label=digits, event=None if off else Key(digits))

        erase = Button(
            id="erase",
            label="",
            icon=Icon.ERASE,
            event=None if off else Erase(),
            look=Look.QUIET,
        )
        ok = Button(id="enter", label="OK", event=None if off else Enter(), look=Look.MAIN)
        last = ok if enter else key("00")
        return (*(key(str(digit)) for digit in range(1, 10)), erase, key("0"), last)
