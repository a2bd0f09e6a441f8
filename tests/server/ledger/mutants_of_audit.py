"""Mutants of the audit, of its second opinion, and of links and hashes."""

from typing import Final

from tests.server.ledger.mutants import Mutant

AUDIT, PROOFS, LINKS, PAST = (
    f"server/ledger/{name}.py" for name in ("audit", "second_opinion", "links", "past")
)
CHECKPOINT: Final = "shared/checkpoint.py"
_ROOT: Final = "(header.log.size, header.log.root) != (self._log.size,"
_YES: Final = "(lambda *_: True)("

OF_AUDIT: Final = (
    # ---------- the audit ----------
    Mutant("audit: after a handover", AUDIT, "if handed_over(memory):", "if False:"),
    Mutant("audit: note of another chain", AUDIT, "held.origin != origin(", "'' == origin("),
    Mutant("audit: checkpoint's root", AUDIT, "!= held.root:", "== b'':"),
    Mutant("audit: checkpoint too long", AUDIT, "if held and held.size > tip", "if 0 > tip"),
    Mutant("audit: second opinion", AUDIT, "if words := wrong_", "if 0 and wrong_"),
    # ---------- the second opinion ----------
    Mutant("twice: postings of nothing", PROOFS, "if posting.amount <= 0 or", "if"),
    Mutant("twice: postings to oneself", PROOFS, " or posting.source == posting.target:", ":"),
    Mutant("twice: sum of postings", PROOFS, "if after.amount != (held", "if 0 > (held"),
    Mutant("twice: floor", PROOFS, "if after.amount < 0 and not", "if False and not"),
    Mutant("twice: posting without balance", PROOFS, "if any(moved.values()):", "if False:"),
    Mutant("twice: evidence in a block", PROOFS, "if (author, name) in names:", "if False:"),
    Mutant("twice: evidence of before", PROOFS, "if before.get(Evidence, key) or", "if"),
    Mutant("twice: evidence of nobody", PROOFS, "if author == _NOBODY or", "if"),
    Mutant("twice: another's evidence", PROOFS, ' or owner not in {"", author}:', ":"),
    Mutant("twice: evidence of protocol 1", PROOFS, " or before.get(Evidence, (name,)):", ":"),
    Mutant("twice: evidence left", PROOFS, 'up" if names else None', 'up" if 0 else None'),
    Mutant("twice: sums of zero", PROOFS, "if amount)", "if False)"),
    # ---------- links ----------
    Mutant("links: height", LINKS, "if header.height != self.height:", "if False:"),
    Mutant("links: parent", LINKS, "if header.parent != (", "if False and ("),
    Mutant("links: time", LINKS, "header.time < before.time:", "False:"),
    Mutant("links: chain", LINKS, "header.chain != self._chain_after(before):", "0:"),
    Mutant("links: batches", LINKS, "!= batches_hash(block.batches):", "== '':"),
    Mutant("links: seal", LINKS, "not terms or not verify(", f"not terms or not {_YES}"),
    Mutant("links: seal in its time", LINKS, "if t.height < header.height]", "]"),
    Mutant("links: root", LINKS, _ROOT, f"False and {_ROOT}"),
    Mutant("links: log of a start", LINKS, "if before and not self._proven:", "if False:"),
    Mutant("links: inside", LINKS, "(previous and link.prev != previous)", "False"),
    Mutant("links: number inside", LINKS, "link.seq != seq\n", "False\n"),
    Mutant("links: author inside", LINKS, "or link.author != author\n", ""),
    Mutant("links: batch of a chain", LINKS, "if frame.chain != header.chain:", "if False:"),
    Mutant("links: signature", LINKS, "if not self._signed(", f"if not {_YES}"),
    Mutant("links: key of its time", LINKS, "if term.seq <= first][-1:]", "]"),
    Mutant("links: goes on", LINKS, "elif head != before:", "elif False:"),
    Mutant("links: between ranges", LINKS, "if opening.before != before", "if '' in before"),
    Mutant("links: ranges meet", LINKS, "if part.start.header != before.header:", "if False:"),
    # ---------- the past ----------
    Mutant("past: place in the log", PAST, "].append(len(self))", "].append(0)"),
    Mutant("past: numbers begin at one", PAST, "not 1 <= seq", "not 0 <= seq"),
    # ---------- cosignatures ----------
    Mutant("enough have signed", CHECKPOINT, "< max(1, need):", "< 1:"),
    Mutant("one signer at least", CHECKPOINT, "signers) < max(1,", "signers) < max(0,"),
)
