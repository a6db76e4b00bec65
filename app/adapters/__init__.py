"""Doing: one vendor a folder, ignorant of each other, with the same file names on both vendor sides."""
