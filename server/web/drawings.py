"""Which chart a view becomes, with its words and its numbers as a table."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import segno
from markupsafe import Markup, escape

from server.web.charts import Bar, Drawing, Piece, Slice, bars, columns, icicle, step_for
from server.web.frame import _, listed, n_
from server.web.views.common import Asset, Money, Part
from server.web.views.money import AssetPage, Forecast, MeltPage, ReservePage
from server.web.views.overview import Overview
from server.web.views.terminals import TerminalPage
from server.web.words import PART, PART_COLOUR
from server.web.writer import Writer


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A drawing with its description for readers, its table and its legend."""

    drawing: Drawing
    desc: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    legend: tuple[tuple[int, str], ...] = ()


def qr(address: str, label: str) -> Markup:
    """Draw an address as a QR code."""
    out = io.BytesIO()
    segno.make(address, error="m").save(
        out, kind="svg", border=2, xmldecl=False, svgns=False, omitsize=True, svgclass="qr"
    )
    head = f'<svg role="img" aria-label="{escape(label)}" '
    drawn = out.getvalue().decode().replace("<svg ", head, 1)
    return Markup(drawn)  # noqa: S704 -- segno's own markup; the label is escaped


def _axis(peak: int, asset: Asset, writer: Writer) -> tuple[int, list[str]]:
    step = step_for(peak)
    count = max(1, -(-peak // step))
    return step, [writer.short(Money(step * (k + 1), asset)) for k in range(count)]


# ---------- the day ----------


def day(view: Overview, writer: Writer) -> list[Chart]:
    """Draw the day's sales: stacked if all assets are worth the same, else one chart an asset."""
    groups = (
        [list(range(len(view.assets)))]
        if view.same_unit
        else [[index] for index in range(len(view.assets))]
    )
    return [
        _hours(view, group, writer)
        for group in groups
        if any(hour.amounts[index] for hour in view.hours for index in group)
    ]


def _hours(view: Overview, group: list[int], writer: Writer) -> Chart:
    assets = [view.assets[index] for index in group]
    series = [[hour.amounts[index] for hour in view.hours] for index in group]
    totals = [sum(column) for column in zip(*series, strict=True)]
    peak = max(totals)
    step, axis = _axis(peak, assets[0], writer)
    labels = [writer.hour(hour.start_ms) for hour in view.hours]
    drawing = columns(
        labels,
        series,
        axis=axis,
        step=step,
        values=[writer.short(Money(total, assets[0])) for total in totals],
        first_colour=group[0] + 1,
    )
    return Chart(
        drawing=drawing,
        desc=_("One column an hour; the highest is %(hour)s.", hour=labels[totals.index(peak)]),
        heads=(_("Hour"), *(asset.name for asset in assets)),
        rows=tuple(
            (label, *(writer.money(Money(row[k], asset)) for row, asset in _zip(series, assets)))
            for k, label in enumerate(labels)
        ),
        legend=tuple((index + 1, view.assets[index].name) for index in group),
    )


def _zip(series: list[list[int]], assets: list[Asset]) -> list[tuple[list[int], Asset]]:
    return list(zip(series, assets, strict=True))


# ---------- a terminal's autonomy ----------


def autonomy(view: TerminalPage, writer: Writer) -> Chart | None:
    """Draw how much of its time and of its money a terminal has used offline."""
    if view.cap is None or not view.hard_ms:
        return None
    asset = view.cap.asset
    spent = view.row.unsent_money.amount if view.row.unsent_money else 0
    used_ms = view.hard_ms - max(0, min(view.hard_ms, view.row.time_left_ms))
    time_words = _(
        "%(left)s left of %(all)s",
        left=writer.duration(view.hard_ms - used_ms),
        all=writer.duration(view.hard_ms),
    )
    left = Money(max(0, view.cap.amount - spent), asset)
    money_words = _("%(left)s left of %(all)s", left=writer.money(left), all=writer.money(view.cap))
    time_share = used_ms / view.hard_ms
    money_share = min(1.0, spent / view.cap.amount) if view.cap.amount else 0.0
    rows = (
        Bar(
            label=_("Time"),
            value=time_words,
            slices=(Slice(share=time_share, colour=2),),
        ),
        Bar(label=_("Sales"), value=money_words, slices=(Slice(share=money_share, colour=2),)),
    )
    return Chart(
        drawing=bars(rows, distance=62),
        desc=_(
            "Two bars: %(time)s of the time and %(money)s of the limit are used.",
            time=writer.percent(round(time_share * 100) * 100),
            money=writer.percent(round(money_share * 100) * 100),
        ),
        heads=(_("Limit"), _("Used (known)"), _("At most")),
        rows=(
            (_("Time"), writer.duration(used_ms), writer.duration(view.hard_ms)),
            (_("Sales"), writer.money(Money(spent, asset)), writer.money(view.cap)),
        ),
    )


# ---------- where money is ----------


def _slices(parts: Sequence[Part], total: int, *, words: bool) -> tuple[Slice, ...]:
    return tuple(
        Slice(
            share=part.money.amount / total if total else 0.0,
            colour=PART_COLOUR[part.kind],
            text=_(PART[part.kind]) if words and part.money.amount * 4 >= total else "",
        )
        for part in parts
    )


def whereabouts(view: AssetPage, writer: Writer) -> Chart:
    """Draw where one asset is."""
    parts = [part for part in view.parts if part.money.amount]
    bar = Bar(
        label=_("Where it is"),
        value=writer.money(view.total),
        slices=_slices(parts, view.total.amount, words=False),
    )
    said = [(PART_COLOUR[p.kind], f"{_(PART[p.kind])} {writer.money(p.money)}") for p in parts]
    drawing = bars((bar,), thickness=28)
    return Chart(
        drawing=drawing,
        desc=", ".join(word for _colour, word in said),
        heads=(_("Where"), _("Amount")),
        rows=tuple((_(PART[p.kind]), writer.money(p.money)) for p in parts),
        legend=tuple(said),
    )


def balance(view: ReservePage, writer: Writer) -> Chart:
    """Draw tokens and euros face to face, in the same measure."""
    whole = max(view.outstanding, view.backing, 1)
    tokens, euros = Money(view.outstanding, view.asset), Money(view.backing, view.asset)
    rows = (
        Bar(
            label=_("Tokens in circulation"),
            value=writer.money(tokens),
            slices=_slices(view.tokens, whole, words=True),
        ),
        Bar(
            label=_("Euros facing them"),
            value=writer.money(euros),
            slices=_slices(view.euros, whole, words=True),
        ),
    )
    both = [*view.tokens, *view.euros]
    unnamed = [p for p in both if p.money.amount and p.money.amount * 4 < whole]
    return Chart(
        drawing=bars(rows, thickness=40, distance=78),
        desc=_(
            "Two bars: %(tokens)s of tokens, %(euros)s of euros and declared losses.",
            tokens=writer.money(tokens),
            euros=writer.money(euros),
        ),
        heads=(_("Item"), _("Amount")),
        rows=tuple((_(PART[p.kind]), writer.money(p.money)) for p in both),
        legend=tuple((PART_COLOUR[p.kind], _(PART[p.kind])) for p in unnamed),
    )


# ---------- melt ----------


@dataclass(frozen=True, slots=True, kw_only=True)
class MeltWords:
    """A melt page with its sentences, drawings and rows."""

    view: MeltPage
    title: str
    rule: str
    melted: str
    shared: str
    pending: str
    icicle: Drawing | None
    icicle_desc: str
    shares: tuple[tuple[str, int, str, str, str], ...]
    forecast: Chart | None


def _period(days: int) -> str:
    if days % 30 == 0:
        return n_("%(n)s month", "%(n)s months", days // 30)
    return n_("%(n)s day", "%(n)s days", days)


def melt_title(view: MeltPage, writer: Writer) -> str:
    """Say the rate as a sentence."""
    rate = (
        writer.percent(view.rate_bp)
        if view.rate_bp
        else writer.amount(view.fixed, view.asset.symbol, view.asset.scale)
    )
    if view.step_days == 30:
        return _("Idle %(asset)s melts by %(rate)s a month", asset=view.asset.name, rate=rate)
    return _(
        "Idle %(asset)s melts by %(rate)s every %(step)s",
        asset=view.asset.name,
        rate=rate,
        step=_period(view.step_days),
    )


def melt_rule(view: MeltPage, writer: Writer) -> str:
    """Say the whole rule as people need it."""
    said = listed([writer.number(each) for each in view.notice_days])
    return " ".join(
        (
            _(
                "Melting begins %(grace)s after the last use and stops at %(floor)s.",
                grace=_period(view.grace_days),
                floor=writer.amount(view.floor, view.asset.symbol, view.asset.scale),
            ),
            _(
                "Paying at least %(share)s of the balance, or topping up, starts the count again.",
                share=writer.percent(view.min_use_bp),
            ),
            _("Nobody’s money melts without a notice %(days)s days before.", days=said),
        )
    )


def melt(view: MeltPage, writer: Writer) -> MeltWords:
    """Give one melting asset its words and drawings."""

    def money(amount: int) -> str:
        return writer.amount(amount, view.asset.symbol, view.asset.scale)

    whole = view.shared + view.pending
    return MeltWords(
        view=view,
        title=melt_title(view, writer),
        rule=melt_rule(view, writer),
        melted=money(view.melted),
        shared=money(view.shared),
        pending=money(view.pending),
        icicle=_icicle(view, writer) if whole else None,
        icicle_desc=_(
            "%(melted)s melted: %(shared)s shared out and %(pending)s pending.",
            melted=money(view.melted),
            shared=money(view.shared),
            pending=money(view.pending),
        ),
        shares=_shares(view, writer),
        forecast=_forecast(view.asset, view.forecast, writer) if view.forecast else None,
    )


def _icicle(view: MeltPage, writer: Writer) -> Drawing:
    def piece(letter: str, start: int, size: int, colour: int) -> Piece:
        value = writer.decimal(size, view.asset.scale)
        return Piece(letter=letter, value=value, start=start, size=size, colour=colour)

    nodes, commons, upkeep = view.to_nodes, view.to_commons, view.to_maintenance
    melted = writer.amount(view.melted, view.asset.symbol, view.asset.scale)
    return icicle(
        (
            (
                _("Melted: %(money)s", money=melted),
                (piece("A", 0, view.shared, 3), piece("B", view.shared, view.pending, 0)),
            ),
            (
                _("Shared out in three"),
                (
                    piece("C", 0, nodes, 1),
                    piece("D", nodes, commons, 2),
                    piece("E", nodes + commons, upkeep, 4),
                ),
            ),
            (
                _("The nodes’ share"),
                (piece("F", 0, view.to_place, 1), piece("G", view.to_place, view.to_validators, 1)),
            ),
        ),
        whole=view.shared + view.pending,
    )


def _shares(view: MeltPage, writer: Writer) -> tuple[tuple[str, int, str, str, str], ...]:
    rows = (
        ("A", 3, _("Shared out"), _("in three equal shares: C, D and E"), view.shared),
        ("C", 1, _("Nodes"), _("those who run the network"), view.to_nodes),
        ("F", 1, _("of which the place where the money slept"), _("half of C"), view.to_place),
        (
            "G",
            1,
            _("of which the validators, in equal parts"),
            _("the other half of C"),
            view.to_validators,
        ),
        ("D", 2, _("Commons"), _("the cooperative votes its use"), view.to_commons),
        ("E", 4, _("Maintenance"), _("servers, terminals, cards"), view.to_maintenance),
        (
            "B",
            0,
            _("Pending"),
            n_(
                "%(n)s day, then shared out alike",
                "%(n)s days, then shared out alike",
                view.delay_days,
            ),
            view.pending,
        ),
    )
    return tuple(
        (letter, colour, name, hint, writer.amount(amount, view.asset.symbol, view.asset.scale))
        for letter, colour, name, hint, amount in rows
    )


def _forecast(asset: Asset, months: Sequence[Forecast], writer: Writer) -> Chart:
    amounts = [month.at_most.amount for month in months]
    step, axis = _axis(max(*amounts, 1), asset, writer)
    labels = [writer.month(month.month) for month in months]
    return Chart(
        drawing=columns(
            labels,
            [amounts],
            axis=axis,
            step=step,
            values=[writer.decimal(amount, asset.scale) for amount in amounts],
            first_colour=2,
        ),
        desc=_(
            "One column a month; the highest is %(month)s.",
            month=labels[amounts.index(max(amounts))],
        ),
        heads=(_("Month"), _("Will melt at most"), _("Wallets")),
        rows=tuple(
            (label, writer.money(month.at_most), writer.number(month.wallets))
            for label, month in zip(labels, months, strict=True)
        ),
    )
