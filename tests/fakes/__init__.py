"""One documented fake per port: small servers in memory, with a person's hand, faults and crash points. No mocks."""
