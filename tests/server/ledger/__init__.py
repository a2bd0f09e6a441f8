"""Tests of the ledger: rules by hand, properties, the audit against tampering."""
