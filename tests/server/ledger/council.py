"""A chain of protocol 2 with several nodes, each with a place, of which some are validators."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from server.ledger.records import Proposal, Validators
from shared.bodies import Body, PlaceJoin, ValidatorPropose, VoteCast
from shared.ids import AuthorId, Hash, PlaceId, PublicKey
from shared.proofs import invitation
from tests.server.ledger.world import Author, World, modern

Change: TypeAlias = Literal["add", "remove", "suspend", "restore"]


@dataclass
class Council:
    """The chain and its nodes; number 0 is the founder's."""

    world: World
    nodes: list[Author]

    def do(self, number: int, *bodies: Body) -> list[str]:
        """Make a block of what one node says."""
        return self.world.do(self.nodes[number], *bodies)

    def vote(self, number: int, proposal: Hash, *, support: bool = True) -> str:
        """Let a node vote."""
        return self.world.do(self.nodes[number], VoteCast(proposal, support))[0]

    def change(self, by: int, change: Change, node: int) -> Hash:
        """Propose a change of the validators; give the proposal's name."""
        body = ValidatorPropose(change, self.nodes[node].id)
        assert self.world.do(self.nodes[by], body) == ["accepted"]
        return self.nodes[by].prev

    def validators(self) -> list[int]:
        """Give the numbers of the nodes that decide."""
        found = self.world.memory.get(Validators, ("-",))
        assert found is not None
        return [self._number(node) for node in found.nodes]

    def suspended(self) -> list[int]:
        """Give the numbers of the nodes that may issue no allowances."""
        found = self.world.memory.get(Validators, ("-",))
        assert found is not None
        return [self._number(node) for node in found.suspended]

    def status(self, proposal: Hash) -> str:
        """Give how a proposal stands."""
        found = self.world.memory.get(Proposal, (proposal,))
        assert found is not None
        return found.status

    def _number(self, name: AuthorId) -> int:
        return next(n for n, node in enumerate(self.nodes) if node.id == name)


def joining(world: World, node: Author, place: PlaceId) -> PlaceJoin:
    """Give what lets a node in with its place."""
    proof = invitation(node.seed, world.tip.chain, place)
    key = PublicKey(node.key.hex())
    return PlaceJoin(key=key, label=f"Node {place}", name=place.title(), place=place, proof=proof)


def council(validators: int, nodes: int = 6) -> Council:
    """Give a chain with so many nodes, of which the first decide."""
    world = modern()
    here = Council(world, [world.node])
    for number in range(1, nodes):
        node = Author(bytes([number]) * 32)
        assert here.do(0, joining(world, node, PlaceId(f"place-{number}"))) == ["accepted"]
        here.nodes.append(node)
    for number in range(1, validators):
        proposal = here.change(0, "add", number)
        for voter in range(1, number):
            if here.status(proposal) == "open":
                here.vote(voter, proposal)
        assert here.validators() == list(range(number + 1))
    return here
