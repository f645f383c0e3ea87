"""Rules counted again from the files of an instance alone."""
