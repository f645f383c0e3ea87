"""The parts from which every rule is built: the base class, rows, measures and entries. This package has no rule."""
