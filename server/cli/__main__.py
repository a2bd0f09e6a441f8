"""`python -m server.cli`: the group of all commands."""

import click

from server import VERSION
from server.cli import (
    archive,
    auditing,
    demurrage,
    imports,
    lifecycle,
    looking,
    registry,
    transacting,
)
from shared.host.commands import Commands


@click.group("node", cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, message="tirelire node %(version)s")
def node() -> None:
    """Run a node: the server of one organisation."""


for _command in (
    lifecycle.init,
    lifecycle.serve,
    looking.status,
    auditing.audit,
    auditing.rebuild,
    looking.chain_link,
    looking.doctor,
    lifecycle.backup,
    lifecycle.restore,
    lifecycle.resume,
    lifecycle.key,
    archive.export_chain,
    archive.import_chain,
    registry.place,
    registry.asset,
    registry.terminal,
    registry.user,
    transacting.kinds,
    transacting.transact,
    transacting.protocol,
    imports.cards,
    imports.catalogue,
    demurrage.demurrage,
    looking.reload_status,
):
    node.add_command(_command)


def main() -> None:
    """Run the command line."""
    node(prog_name="tirelire node")


if __name__ == "__main__":
    main()
