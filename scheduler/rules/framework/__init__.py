"""What every rule is built from: the base class, rows, measures and entries. No rule of its own."""
