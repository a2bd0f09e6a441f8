"""`node demurrage`: how idle money melts, and playing the days."""

from typing import Any

import click
from rich.console import Console

from server.cli.common import Scene, asking, scene_options, table


@click.group()
def demurrage() -> None:
    """Demurrage: the charge on idle local money."""


@demurrage.command("set")
@click.argument("asset")
@click.option("--grace-days", type=int, default=180, show_default=True)
@click.option("--step-days", type=int, default=30, show_default=True)
@click.option("--rate-bp", type=int, default=100, show_default=True, help="1 % a step is 100.")
@click.option("--floor", type=int, default=0, show_default=True, help="In the smallest unit.")
@click.option("--notice-days", default="60,30,7", show_default=True)
@scene_options
def set_policy(scene: Scene, *, asset: str, notice_days: str, **rest: int) -> None:
    """Let a local asset melt; the first melt comes after the grace and its notices."""
    try:
        notices = [int(day) for day in notice_days.split(",")]
    except ValueError:
        raise click.BadParameter("write days as 60,30,7", param_hint="--notice-days") from None
    with asking(scene) as ask:
        answer = ask("demurrage.set", asset=asset, notice_days=notices, **rest)
    scene.show(answer, lambda a, to: to.print(f"{a['asset']} melts (block {a['height']})"))


@demurrage.command("run")
@click.option("--until", required=True, metavar="DAY", help="A day such as 2027-03-01 (UTC).")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@scene_options
def run(scene: Scene, *, until: str, dry_run: bool) -> None:
    """Play each day up to DAY: notices, melts, shares.  Future days need a simulated clock."""
    with asking(scene) as ask:
        answer = ask("demurrage.run", until=until, dry_run=dry_run)
    scene.show(answer, _show_days)


def _show_days(days: list[dict[str, Any]], to: Console) -> None:
    rows = [
        (
            day["day"],
            str(day["notices"]),
            str(day["melts"]),
            ", ".join(f"{amount} {asset}" for asset, amount in day["melted"].items()) or "-",
            str(day["distributions"]),
        )
        for day in days
    ]
    if not rows:
        to.print("Nothing is due.")
        return
    to.print(table(["day", "notices", "melts", "melted", "shares"], rows))
