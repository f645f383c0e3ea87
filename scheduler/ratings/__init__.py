"""Viewers from a ratings log: a channel's hourly curve, the appeal of titles and genres, the error of the forecast.

`log` reads the rows, `fit` estimates curve and appeals, `evaluate` forecasts weeks that were held out. `apply` writes a
fit into an instance, `page` shows it, and `params` has the settings.
"""

from scheduler.ratings.apply import Applied, Fitted, apply_fit, fit_instance
from scheduler.ratings.evaluate import Evaluation, evaluate, rolling
from scheduler.ratings.fit import Fit, fit_ratings
from scheduler.ratings.log import FIELDS, read_log, until
from scheduler.ratings.page import page_html, page_text
from scheduler.ratings.params import RatingsParams

__all__ = [
    "FIELDS",
    "Applied",
    "Evaluation",
    "Fit",
    "Fitted",
    "RatingsParams",
    "apply_fit",
    "evaluate",
    "fit_instance",
    "fit_ratings",
    "page_html",
    "page_text",
    "read_log",
    "rolling",
    "until",
]
