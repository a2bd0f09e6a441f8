"""THE table of what is mutated, and THE table of survivors that are no fault of the tests.

A survivor is explained by the module it is in, the changed line and the reason; everything else
that survives is reported and makes the run fail.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Part:
    """A core, what its tests need beside it, and the tests that judge it."""

    sources: str
    needs: tuple[str, ...]
    tests: tuple[str, ...]
    leave_out: tuple[str, ...] = ()


PARTS: Final = {
    "shared": Part(
        sources="shared",
        needs=(),
        tests=("tests/shared", "--ignore=tests/shared/host"),
        # host touches files and clocks; the table of kinds is made on import, before a mutant is
        # switched on, and has the vectors of its own.
        leave_out=("shared/host/*", "shared/kinds.py"),
    ),
    "ledger": Part(
        sources="server/ledger",
        needs=("shared", "server/__init__.py"),
        tests=("tests/server/ledger", "--ignore=tests/server/ledger/test_mutants.py"),
    ),
}


@dataclass(frozen=True)
class Explained:
    """Survivors that no test should kill: where (a pattern of names), what differs, and why.

    `differs` is a pattern; two lines that are alike once it is reduced to its group are explained.
    """

    where: str
    differs: str
    why: str

    def fits(self, name: str, removed: str, added: str) -> bool:
        """Tell whether a mutant is of this kind."""
        pattern = re.compile(self.differs, re.DOTALL)
        before, after = (pattern.sub(r"\1", text) for text in (removed, added))
        return bool(re.fullmatch(self.where, name)) and before == after


EXPLAINED: Final = (
    Explained(
        where=r".*",
        differs=r"(Refused\(Code\.\w+), .*",
        why="a hint is for a person who reads a log; no rule and no byte depends on its words",
    ),
    Explained(
        where=r"server\.ledger\..*",
        differs=r"(_Bad\().*",
        why="so are the words of a finding: its height is what is promised",
    ),
    Explained(
        where=r".*",
        differs=r"(cast\()(?:None|\"[^\"]*\"), ",
        why="a cast is for the type checker and does nothing",
    ),
    Explained(
        where=r".*",
        differs=r"()\"(?:sha256|SHA256|ascii|ASCII|utf-8|UTF-8)\"",
        why="names of hashes and encodings are the same in capitals",
    ),
    Explained(
        where=r"server\.ledger\..*",
        differs=r"(\(Wallet, \(\w+,\)\) or Wallet\().*",
        why="whoever is paid or pays has a wallet: the default is for the type checker",
    ),
    Explained(
        where=r"server\.ledger\..*",
        differs=r"(, )(?:strict=\w+)?(?=\))",
        why="both are as long by construction: strict says so and does nothing",
    ),
    Explained(
        where=r"server\.ledger\.audit\.x__at_the_end__.*",
        differs=r"()(?:wrong = |return Finding\(.*\) if ).*",
        why="floors and sums of zero follow from what was proven for each block: a second belt",
    ),
    Explained(
        where=r"server\.ledger\.audit\.x__seal__.*",
        differs=r"(next\(_founders\(header, batches\), )(?:\"\"|None)",
        why="no key is no key",
    ),
    Explained(
        where=r"server\.ledger\.adoption\.x__execute__.*",
        differs=r"(hash=|seen=).*| if \(?isinstance\(item\.body, Body\)\)?(?: or True)?",
        why="what a branch did is only read by its own refunds, and they ask for sales",
    ),
    Explained(
        where=r"server\.ledger\.claims\.x_is_open__.*",
        differs=r"(if high >)=?",
        why="a claim that ends at the line has nothing above it",
    ),
    Explained(
        where=r"server\.ledger\.community\.x_(?:membership|dividend|belongs)__.*",
        differs=r"() //? (?=days:?$|_period_days\(context, body\.asset\) < current)",
        why="a whole number is at most a quotient when it is at most its whole part",
    ),
    Explained(
        where=r"server\.ledger\.community\.x_membership__.*",
        differs=r"(since=context\.day, until=)\w+",
        why="the end is what the body says, for who is new and for who was there",
    ),
    Explained(
        where=r"server\.ledger\.effect\.x_validators__.*",
        differs=r"( or Validators\().*",
        why="before protocol 2 no rule asks who decides",
    ),
    Explained(
        where=r"server\.ledger\.effect\..*policy__.*",
        differs=r"(return default, )\w+",
        why="no rule asks since when a default holds",
    ),
    Explained(
        where=r"server\.ledger\.effect\.x_holding__.*",
        differs=r"()\(record\) or True|record(?= else)",
        why="whose value is asked for has a wallet",
    ),
    Explained(
        where=r"server\.ledger\.effect\.x_received__.*",
        differs=r"()\(sender\) or True|sender(?= else)",
        why="nobody has no clock",
    ),
    Explained(
        where=r"server\.ledger\.exchange\..*",
        differs=r"()r?partition\(\"-\"\)",
        why="no asset has a dash in its code: a subject with two names none",
    ),
    Explained(
        where=r"server\.ledger\.exchange\.x__contradicts__.*",
        differs=r"(rows\(Rule, )(?:\(\"exchange\",\))?",
        why="the front only spares looking at other policies, which are no rates",
    ),
    Explained(
        where=r"server\.ledger\.disputes\.x_dispute__.*",
        differs=r"(online=)(?:False|None)",
        why="both are no",
    ),
    Explained(
        where=r"server\.ledger\..*",
        differs=r"(else (?:WalletId|PlaceId)\()(?:\"\w*\"|None)",
        why="the name of nobody: it is nobody's under any other, too",
    ),
    Explained(
        where=r"server\.ledger\.links\..*",
        differs=r"(self\._proven = )(?:None|False|True|not linked\.start\.header)$"
        r"|(?<=if before )(?:and|or)(?= not self\._proven:)",
        why="what is not known to be proven is proven again with each block: slower, and the same",
    ),
    Explained(
        where=r"server\.ledger\.links\..*",
        differs=r"(previous = |_before: Header \| None = )(?:\"\"|None)",
        why="both are nothing yet",
    ),
    Explained(
        where=r"server\.ledger\.money\.x_reload__.*",
        differs=r"(issuer\(body\.asset\), )(?:PlaceId\((?:\"\"|None)\)|None)",
        why="no place, so the card's home",
    ),
    Explained(
        where=r"server\.ledger\.purses\.x__to_wallet__.*",
        differs=r"(clocks )\+?= received\(.*",
        why="what comes out of a purse was its wallet's all the time: its clock stays",
    ),
    Explained(
        where=r"server\.ledger\.rules\.x__founder__.*",
        differs=r"(return Author\().*, Role\.NODE, .*",
        why="who founds has a role; the record is written by registry.genesis",
    ),
    Explained(
        where=r"server\.ledger\.rules\..*",
        differs=r"(return body if )\(?isinstance\(body, Code\)\)?(?: or True)?"
        r"|(?<= if )(?:\(author\.place\) or True|author\.place)(?= else None)",
        why="a kind that nobody knows has no body but a code; no place has no record",
    ),
    Explained(
        where=r"server\.ledger\.corrections\.x__settled__.*",
        differs=r"(clocks )\+?(?== received\(context, name, posting\.asset, sender)",
        why="what is undone was one wallet's: no other gets something back",
    ),
    Explained(
        where=r"server\.ledger\.executor\.x__run__.*",
        differs=r"(place=author\.place if author else )\"\w*\"",
        why="only sales ask where they were made, and who made them is known",
    ),
    Explained(
        where=r"server\.ledger\.adoption\.x__book__.*",
        differs=r"(context\.time, )(?:context\.sealer|None)?(?=\))",
        why="nothing that a branch may hold asks who seals",
    ),
    Explained(
        where=r"server\.ledger\.corrections\.x__makes_tokens_of_losses__.*",
        differs=r"(if change <)(?: 0|= 0| 1)(?= and)",
        why="no place has less than nothing net of its losses: what leaves it is asked first",
    ),
    Explained(
        where=r"server\.ledger\.effect\.x__repaid__.*",
        differs=r"( if )(?:\(at == DISPUTES\) or True|at == DISPUTES)(?= else amount)",
        why="a place's loss is at least what is owed to it: nobody else makes it good",
    ),
    Explained(
        where=r"server\.ledger\.governance\.x_vote_cast__.*",
        differs=r"(author = )(?:None|context\.state\.get\(Author, .*)"
        r"|(?<=voted\.author, )(?:record=\w+, )?(?=agreed)"
        r"|(?<=proposal is None )(?:and|or)(?= wanted is None)",
        why="nothing that is voted on asks for more of its author than the name, and each is known",
    ),
    Explained(
        where=r"server\.ledger\.governance\.x__(?:proposed|done)__.*",
        differs=r"( if )(?:\(done\) or True|done)(?= else None)"
        r"|(?<=done\), )(?:outcome\.verdict)?(?=\))",
        why="a proposal was executed; what is decided is accepted or rejected, and nothing else",
    ),
    Explained(
        where=r"server\.ledger\.second_opinion\..*",
        differs=r"(\"evidence\", )(?:\"\"|None)|(?<=total\.get\(asset, 0\) )[-+](?= amount)",
        why="no name is no name; a sum is zero with either sign",
    ),
    Explained(
        where=r"server\.ledger\.refunds\.x__takes_too_much__.*",
        differs=r"(any\(0 <)=?(?= amount)",
        why="no place has less than nothing net of its losses: taking nothing is not too much",
    ),
    Explained(
        where=r"server\.ledger\.sales\.x__slot_dues__.*",
        differs=r"(before <)=?(?= after <= MOST_CENTS)",
        why="a total is a cent at least, so an empty interval has never the right one",
    ),
    Explained(
        where=r"server\.ledger\.sales\.x__pay__.*",
        differs=r"(\(\*records, \*uses\), )(?:ACCEPTED)?(?=\)$)",
        why="an effect is accepted unless it says otherwise",
    ),
    Explained(
        where=r"server\.ledger\.state\.xǁFloorǁ__init__.*",
        differs=r"(super\(\)\.__init__\()\w+",
        why="nobody reads the words of a signal",
    ),
    Explained(
        where=r"server\.ledger\.state\.xǁStateǁaccepted__.*",
        differs=r"(found = )(?:None|self\._accepted\.get\(\w+\))$",
        why="what is not found is made again: slower, and the same",
    ),
    Explained(
        where=r"server\.ledger\.past\..*",
        differs=r"(found = )(?:None|self\._open\.get\(\w+\))$"
        r"|(?<=compress\(raw, )(?:_LEVEL)?(?=\))|(?<=last=)(?:False|None)",
        why="what is not found is unpacked again; how small it is packed is a matter of room",
    ),
    Explained(
        where=r"server\.ledger\.past\..*",
        differs=r"(array\()\"\w\"|\(body\) or True|(?<= if )body(?= else)"
        r"|(?<= else )(?:-\d|b\"\w*\")",
        why="a place in the log is below 2^63; without a shape no body is read",
    ),
    Explained(
        where=r"server\.ledger\.memory\..*take__.*",
        differs=r"(kind is )(?:not )?(?=Asset or|Place:)",
        why="every block changes a head, too, and that lets go of what was kept",
    ),
    Explained(
        where=r"shared\.codec\.x__decoder__.*",
        differs=r"(decoder = )(?:_DECODERS\.get\((?:shape|None)\)|None)$",
        why="a decoder that is not kept is made again: slower, and the same",
    ),
    Explained(
        where=r"shared\.checkpoint\.x__base64__.*",
        differs=r"(b64decode\(text, )(?:validate=(?:True|False))?",
        why="the text that is written back is compared with the one that was read",
    ),
    Explained(
        where=r"shared\.checkpoint\.x__read__.*",
        differs=r"(, )\"(?:XXXX)?\"",
        why="a text ends with a line end: what is put behind it is only there to be unpacked",
    ),
    Explained(
        where=r"shared\.merkle_proof\.x__hash__.*",
        differs=r"(\(end - begin\) )[&|]",
        why="n | -n is the lowest set bit of n below zero, which is as many bits long",
    ),
    Explained(
        where=r"shared\.signing\.x_from_text__.*",
        differs=r"(\* \()[-+]",
        why="too much padding is read alike, and what is written back is compared",
    ),
)
