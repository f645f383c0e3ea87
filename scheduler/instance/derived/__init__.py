"""What follows from the models as arrays: time, windows, contents, viewers, history."""
