"""Nouns: frozen values that every layer understands. Pure; imports nothing but the standard library's value types."""
