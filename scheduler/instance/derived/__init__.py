"""Arrays that are derived from the models: time, windows, contents, viewers, history."""
